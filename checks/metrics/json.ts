import { parseJsonPath, valueAt } from '../../src/model/json-path.ts'
import { askSource, unusable } from '../source.ts'
import { shownValue } from '../words.ts'
import type { AskMetric } from './registry.ts'

/** A number in a JSON document, or a text that is one. */
export const jsonMetric: AskMetric<'json'> = async ({ url, path, headers }, context) => {
  const asked = await askSource({ url, headers: { accept: 'application/json', ...headers } }, context)
  if ('unknown' in asked) return asked
  const { status, body } = asked.facts
  if (status !== 200) return unusable(`the status is ${status}`, `http_${status}`)
  const json = body?.json() ?? { problem: 'it is empty' }
  if ('problem' in json) return unusable(`the body cannot be read as JSON: ${json.problem}`, 'json')
  const parsed = parseJsonPath(path)
  const found = 'error' in parsed ? undefined : valueAt(json.value, parsed.steps)
  const value = typeof found === 'string' && found.trim() !== '' ? Number(found) : found
  if (typeof value === 'number' && Number.isFinite(value)) return { value }
  const shown = found === undefined ? 'missing' : shownValue(found, (text) => text)
  return unusable(`${path} is ${shown}, expected a number`, 'json')
}
