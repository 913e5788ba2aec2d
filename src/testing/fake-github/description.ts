import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { OperationId } from './operations.ts'

/** Reads GitHub's own description of its API, as far as it was extracted, ready to check requests and answers with. */
export function readDescription(): Description {
  const file = new URL('./github-openapi.subset.json', import.meta.url)
  const document = JSON.parse(readFileSync(file, 'utf8'), toJsonSchema) as Document
  const answers = checker({ components: document.components })
  const parameterChecks = checker({}, true)
  const bodyChecks = checker({ components: closed(document.components) })

  const resolve = <T>(part: T | { $ref: string }): T => {
    if (typeof part !== 'object' || part === null || !('$ref' in part)) return part as T
    const steps = part.$ref.replace(/^gh#\//, '').split('/')
    return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], document) as T
  }

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Operation => {
      const parameters = (operation.parameters ?? []).map((parameter) => resolve(parameter))
      const body = operation.requestBody && resolve(operation.requestBody)
      const schemaOf = (place: 'path' | 'query') => objectOf(parameters.filter((one) => one.in === place))
      const checkPath = parameterChecks.compile(schemaOf('path'))
      const checkQuery = parameterChecks.compile(schemaOf('query'))
      const bodySchema = body?.content?.['application/json']?.schema
      const checkBody = bodySchema && bodyChecks.compile(closed(bodySchema) as object)
      const names: string[] = []
      const pattern = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name)
        return mayHoldSlashes.has(name) ? '(.+)' : '([^/]+)'
      })
      const checks = new Map<string, ValidateFunction | undefined>()
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        pattern: new RegExp(`^${pattern}$`),
        fixedSegments: path.split('/').filter((segment) => !segment.startsWith('{')).length,
        names,
        request({ path, query, body: sent }) {
          if (!checkPath(path)) return explain(checkPath.errors, 'path')
          if (!checkQuery(query)) return explain(checkQuery.errors, 'query')
          if (sent === undefined) return body?.required ? 'body: is missing' : undefined
          if (!checkBody) return 'body: this operation takes none'
          return checkBody(sent) ? undefined : explain(checkBody.errors, 'body')
        },
        response(status, sent) {
          if (!checks.has(status)) {
            const answer = operation.responses[status]
            if (!answer) return `status ${status} is not documented`
            const schema = resolve(answer).content?.['application/json']?.schema
            checks.set(status, schema && answers.compile(schema))
          }
          const check = checks.get(status)
          if (!check) return undefined
          return check(sent) ? undefined : explain(check.errors, `answer ${status}`)
        },
        sample(status) {
          const schema = resolve(operation.responses[status] ?? {}).content?.['application/json']?.schema
          return sample(schema, resolve)
        },
      }
    }),
  )
  operations.sort((one, other) => other.fixedSegments - one.fixedSegments)
  return { operations, sample: (name) => sample(document.components.schemas[name], resolve) as Json }
}

/** OpenAPI 3.0 says `nullable`; JSON Schema wants `null` among the types and among the values of an `enum`. */
function toJsonSchema(key: string, part: unknown): unknown {
  if (key === '$ref' && typeof part === 'string') return part.replace(/^#/, 'gh#')
  if (typeof part !== 'object' || part === null || !('nullable' in part) || part.nullable !== true)
    return part
  const { nullable, ...rest } = part as Schema
  if (rest.type === undefined) return Object.keys(rest).length > 0 ? { anyOf: [rest, { type: 'null' }] } : {}
  return { ...rest, nullable, ...(rest.enum && { enum: [...rest.enum, null] }) }
}

/** The same schema, in which an object takes no key that it does not name: a misspelt key is caught. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed)
  if (typeof part !== 'object' || part === null) return part
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]))
  const isObject = inner.type === 'object' && inner.properties !== undefined
  return isObject && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner
}

function checker(definitions: object, coerceTypes = false): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes, logger: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'gh', ...definitions })
  return ajv
}

function objectOf(parameters: Parameter[]): Schema {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  }
}

/** The smallest value that a schema allows. Answers start from it, so every required field is there. */
function sample(schema: Schema | Reference | undefined, resolve: <T>(part: T | Reference) => T): unknown {
  if (schema === undefined) return undefined
  const known = resolve(schema as Schema)
  if (known.enum) return known.enum[0]
  if (known.nullable) return null
  const choice =
    known.oneOf?.[0] ??
    known.anyOf?.find((one) => !('$ref' in one) && one.type === 'null') ??
    known.anyOf?.[0]
  if (choice) return sample(choice, resolve)
  if (known.allOf) return Object.assign({}, ...known.allOf.map((one) => sample(one, resolve)))
  if (known.type === 'object' || known.properties) {
    const { properties = {}, required = [] } = known
    return Object.fromEntries(required.map((name) => [name, sample(properties[name], resolve)]))
  }
  return smallest[known.type ?? 'null']?.(known.format)
}

const byFormat: Record<string, string> = {
  uri: 'https://github.example/',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'nobody@github.example',
}
const smallest: Record<string, (format?: string) => unknown> = {
  string: (format) => byFormat[format ?? ''] ?? '',
  integer: () => 0,
  number: () => 0,
  boolean: () => false,
  array: () => [],
  null: () => null,
}

function explain(errors: ErrorObject[] | null | undefined, place: string): string {
  const all = (errors ?? []).map(({ instancePath, message, params }) => {
    const detail = params.additionalProperty ?? params.allowedValues
    return `${place}${instancePath} ${message}${detail === undefined ? '' : ` (${detail})`}`
  })
  return all.slice(0, 4).join('; ')
}

const mayHoldSlashes = new Set(['ref', 'path', 'branch'])

export type Json = Record<string, unknown>

export interface Description {
  operations: Operation[]
  /** The smallest valid object of a named schema: `pull-request`. */
  sample: (schema: string) => Json
}

export interface Operation {
  id: OperationId
  method: string
  pattern: RegExp
  fixedSegments: number
  names: string[]
  /** What is wrong with a request; `undefined` when nothing is. Numbers in the path and the query are turned into numbers. */
  request: (sent: { path: Json; query: Json; body: unknown }) => string | undefined
  /** What is wrong with an answer. */
  response: (status: string, body: unknown) => string | undefined
  sample: (status: string) => unknown
}

interface Reference {
  $ref: string
}

interface Schema {
  type?: string
  format?: string
  enum?: unknown[]
  nullable?: boolean
  properties?: Record<string, Schema | Reference>
  required?: string[]
  additionalProperties?: unknown
  items?: Schema | Reference
  oneOf?: (Schema | Reference)[]
  anyOf?: (Schema | Reference)[]
  allOf?: (Schema | Reference)[]
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Schema
}

interface Content {
  content?: Record<string, { schema?: Schema }>
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: OperationId
        parameters?: (Parameter | Reference)[]
        requestBody?: (Content & { required?: boolean }) | Reference
        responses: Record<string, Content | Reference>
      }
    >
  >
  components: { schemas: Record<string, Schema> }
}
