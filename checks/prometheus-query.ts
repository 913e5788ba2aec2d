import { z } from 'zod'
import type { Facts, ProbeContext } from './contract.ts'
import { askSource, unusable, type Unknown } from './source.ts'
import { shownValue } from './words.ts'

/** What an instant query gave: how many series, and the first one's value where that is a number. */
export interface QueryResult {
  rows: number
  /** May be infinite. Absent when there is no series, or its value is NaN (0/0: nothing happened to be counted). */
  value?: number
}

/**
 * Asks a Prometheus (or whatever speaks its API: Thanos, Mimir, VictoriaMetrics) one instant query.
 * https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries
 */
export async function queryPrometheus(
  { url, query, headers }: { url: string; query: string; headers: Readonly<Record<string, string>> },
  context: ProbeContext,
): Promise<QueryResult | { unknown: Unknown }> {
  const asked = await askSource(
    {
      // The login and the query string of the address, which a proxy may want, stay where they are.
      url: url.replace(/\/*(?=\?|$)/, '/api/v1/query'),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ query }).toString(),
    },
    context,
  )
  return 'unknown' in asked ? asked : resultOf(asked.facts)
}

function resultOf({ status, body }: Facts): QueryResult | { unknown: Unknown } {
  const json = body?.json() ?? { problem: 'it is empty' }
  const answer = 'value' in json ? answerSchema.safeParse(json.value).data : undefined
  if (answer?.status === 'error') {
    // A server that is starting or overloaded (503) may know better in a moment.
    const final = status !== 503
    return unusable(`Prometheus says ${shownValue(answer.error, (text) => text)}`, answer.errorType, {
      final,
    })
  }
  if (answer === undefined) {
    const why = 'problem' in json ? json.problem : 'it is not that of a query'
    return status === 200
      ? unusable(`the answer of Prometheus cannot be read: ${why}`, 'prometheus')
      : unusable(`the status of Prometheus is ${status}`, `http_${status}`, { final: (status ?? 0) < 500 })
  }
  const { data } = answer
  if (data.resultType === 'vector') return { rows: data.result.length, ...numberIn(data.result[0]?.value) }
  if (data.resultType === 'scalar') return { rows: 1, ...numberIn(data.result) }
  return unusable(`the query gives a ${data.resultType}, expected a number or a vector`, 'result_type')
}

/** `"0.5"`, `"+Inf"`, `"-Inf"`, `"NaN"` after the time of the sample. A native histogram has no such value. */
function numberIn(sample: readonly [unknown, string] | undefined): { value?: number } {
  const value = Number(sample?.[1].replace('Inf', 'Infinity').trim() || NaN)
  return Number.isNaN(value) ? {} : { value }
}

const sample = z.tuple([z.unknown(), z.string()])
const answerSchema = z.union([
  z.object({ status: z.literal('error'), errorType: z.string().max(40), error: z.string() }),
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample.optional() })) }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
      z.object({ resultType: z.literal('matrix') }),
      z.object({ resultType: z.literal('string') }),
    ]),
  }),
])
