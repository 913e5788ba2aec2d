/**
 * Reads what a step wrote to `GITHUB_OUTPUT` or `GITHUB_ENV`: lines of `name=value`, or blocks of
 * `name<<DELIMITER`, the value, `DELIMITER`. Throws as GitHub does for a line of no such form and for a block
 * that never ends.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */
export function parseFileCommands(text: string): Record<string, string> {
  const lines = text.split('\n')
  const values: Record<string, string> = {}
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const [, name, sign, rest] = /^([^=<]+?)(<<|=)(.*)$/.exec(line) ?? []
    if (name === undefined || rest === undefined)
      throw new Error(`Unable to process file command: Invalid format '${line}'`)
    if (sign === '=') {
      values[name] = rest
      continue
    }
    const end = lines.indexOf(rest, index + 1)
    if (end === -1) throw new Error(`Unable to process file command: Matching delimiter not found '${rest}'`)
    values[name] = lines.slice(index + 1, end).join('\n')
    index = end
  }
  return values
}
