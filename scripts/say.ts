import type { Problem } from '../src/model/problem.ts'
import { iso } from '../src/model/time.ts'

/** A mistake of the person at the keyboard: said in one sentence, without a stack. */
export class UsageError extends Error {}

/** Progress and results for people go to standard error, so that standard output stays what a machine asked for. */
export function say(line: string): void {
  process.stderr.write(`${line.split('\n').map(visible).join('\n')}\n`)
}

/** The same, with the time of day in front, for what runs for long. */
export function sayAt(line: string): void {
  say(`${iso(Date.now()).slice(11, 19)} ${line}`)
}

/** `incidents/x.md:4:3 error  unknown component "webhook"`, what was found, and what to paste instead. */
export function problemLines({ file, line, column, level, message, found, fix }: Problem): string[] {
  return [
    `${file}:${String(line)}:${String(column)} ${level}: ${visible(message)}`,
    ...(found === undefined || found === '' ? [] : [`    found: ${visible(found)}`]),
    ...(fix === undefined
      ? []
      : fix.split('\n').map((text, index) => `    ${index === 0 ? 'write:' : '      '} ${visible(text)}`)),
  ]
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`
}

/** File contents are foreign: a control character could move the cursor or forge a log command. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001F\u007F-\u009F]/g, '�')
}
