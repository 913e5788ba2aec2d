/** One line of `expect:`, parsed. Grammar: `subject [path or name] operator value`. */
export interface Condition {
  /** The condition as written. */
  text: string
  subject: 'status' | 'header' | 'body' | 'json' | 'latency' | 'certificate' | 'answer'
  /** The header's name or the JSON path, where the subject takes one. */
  path?: string
  operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | 'matches' | 'exists'
  /** A number (durations in milliseconds, certificate life in milliseconds), text, or nothing for `exists`. */
  value?: string | number | boolean | null
}
