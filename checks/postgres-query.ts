import type { Connection, Submittable } from 'pg'
import { MAX_ROWS, numberWhereSafe } from './query-value.ts'
import type { Facts } from './contract.ts'

/**
 * One statement of a check, for `client.query`. The server is asked for 1,000 rows and no more, and only the first value is
 * kept. `pg`'s own query would go on to read every row, and takes several statements at once.
 */
export class CheckedQuery implements Submittable {
  readonly result: Promise<Pick<Facts, 'value' | 'rows'>>
  readonly #text: string
  readonly #settle: PromiseWithResolvers<Pick<Facts, 'value' | 'rows'>>
  #type = 0
  #value: Facts['value']
  #rows = 0

  constructor(text: string) {
    this.#text = text
    this.#settle = Promise.withResolvers()
    this.result = this.#settle.promise
  }

  submit(connection: Connection): void {
    connection.parse({ name: '', text: this.#text, types: [] }, true)
    connection.bind({}, true)
    connection.describe({ type: 'P', name: '' }, true)
    // The types have `rows` as text; it goes out as a number.
    connection.execute({ portal: '', rows: MAX_ROWS as unknown as string }, true)
    connection.sync()
  }

  // What follows is called by `pg` for each message of the answer.

  handleRowDescription({ fields }: { fields: readonly { dataTypeID: number }[] }): void {
    this.#type = fields[0]?.dataTypeID ?? 0
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const [first] = fields
    if (this.#rows++ === 0 && first !== undefined) this.#value = valueOf(first, this.#type)
  }

  handleError(error: Error): void {
    this.#settle.reject(error)
  }

  handleReadyForQuery(): void {
    this.#settle.resolve({ value: this.#value, rows: this.#rows })
  }

  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('a check sends no data')
  }

  handleCommandComplete(): void {
    // Nothing is known that was not before.
  }

  handlePortalSuspended(): void {
    // There are more rows, which are not asked for.
  }

  handleEmptyQuery(): void {
    // It has no rows and no value.
  }

  handleCopyData(): void {
    // A copy has no rows and no value.
  }
}

function valueOf(text: string | null, type: number): Facts['value'] {
  if (text === null) return null
  if (type === BOOL) return text === 't'
  return NUMBERS.has(type) ? numberWhereSafe(text) : text
}

// From PostgreSQL's pg_type.dat.
const BOOL = 16
const NUMBERS = new Set([
  /* int8 */ 20, /* int2 */ 21, /* int4 */ 23, /* oid */ 26, 700, 701, /* numeric */ 1700,
])
