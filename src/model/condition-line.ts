/** A condition's text and how far it has been read. */
export class Line {
  at = 0
  readonly text: string
  constructor(text: string) {
    this.text = text
  }

  get rest(): string {
    return this.text.slice(this.at)
  }

  skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }

  /** Takes what a sticky pattern matches after any space, or nothing. */
  take(pattern: RegExp): string | undefined {
    this.skipSpace()
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    this.at += found?.length ?? 0
    return found
  }

  /** The whole text with the words at the current place replaced. */
  replaced(words: string, replacement: string): string {
    return this.text.slice(0, this.at) + replacement + this.text.slice(this.at + words.length)
  }

  fail(error: string, fix?: string): never {
    return this.failAt(this.at + 1, error, fix)
  }

  /** Fails at the word just taken; `meant` is what it should have been. */
  failBack(word: string, error: string, meant?: string): never {
    this.at -= word.length
    return this.fail(error, meant === undefined ? undefined : this.replaced(word, meant))
  }

  failAt(column: number, error: string, fix?: string): never {
    throw new Unreadable(fix ? { error, column, fix } : { error, column })
  }
}

export class Unreadable extends Error {
  readonly problem: ConditionError
  constructor(problem: ConditionError) {
    super(problem.error)
    this.problem = problem
  }
}

/** Why a line of `expect:` cannot be read. */
export interface ConditionError {
  /** What is wrong and what was expected, without a final stop. */
  error: string
  /** 1-based place in the condition's text. */
  column: number
  /** The condition as it was probably meant, where that can be told. */
  fix?: string
}
