/**
 * Something in a file that its author should know, as data. Printed once, at the edge.
 * `error`: a fact could not be read and is missing from the page. `warning`: read, but probably not what was meant.
 */
export interface Problem {
  level: 'error' | 'warning'
  /** Path relative to the world's root, with forward slashes. */
  file: string
  /** 1-based. */
  line: number
  /** 1-based. */
  column: number
  /** What is wrong, as a sentence without its final stop: `unknown component "webhook"`. */
  message: string
  /** What stands in the file, where that helps. */
  found?: string
  /** The corrected line, to paste over the wrong one. */
  fix?: string
}
