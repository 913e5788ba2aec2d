/** One thing that is measured. A bench is one file in `benches/` and one line in its registry. */
export interface Bench {
  name: string
  /** In one line, for the table's heading. */
  about: string
  run: (surroundings: Surroundings) => Promise<Row[]>
}

export interface Surroundings {
  /** Sizes for the test of the benches themselves: what they measure is of no interest. */
  quick: boolean
  /** An empty folder, removed when the bench is over. */
  folder: string
  /** Tells a person who waits what is going on. */
  say: (line: string) => void
}

/** A row of the table. */
export interface Row {
  /** Names the row among all benches; budgets refer to it. */
  name: string
  value: number
  unit: Unit
  /** What the value is held against: a floor or another size, measured in the same run. */
  against?: { what: string; value: number }
  note?: string
}

/** How a value of each unit is written. */
export const units = {
  ms: (value) => `${Math.round(value).toLocaleString('en')} ms`,
  bytes: (value) => `${Math.round(value).toLocaleString('en')} B`,
  MiB: (value) => `${value.toFixed(2)} MiB`,
  count: (value) => Math.round(value).toLocaleString('en'),
} satisfies Record<string, (value: number) => string>
export type Unit = keyof typeof units
