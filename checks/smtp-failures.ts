import { ClosedEarly } from './connection.ts'
import type { Observation } from './contract.ts'
import { explainFailure } from './failures.ts'
import { shownValue } from './words.ts'

/** What an error of nodemailer's SMTP client says about `target`; `replies` are what the server said before it. */
export function explainSmtp(
  error: unknown,
  { target, replies }: { target: string; replies: readonly string[] },
): Observation {
  if (!isSmtpError(error)) return explainFailure(error, target)
  const failed = (words: string, code: string): Observation => ({
    outcome: 'failed',
    reason: `${target}: ${words}`,
    code,
  })
  const { code, command, response } = error
  const status = /^[2-5]\d\d(?=[ -]|$)/.exec(response ?? '')?.[0]
  if (code === 'EAUTH') {
    // Not in the server's words: what it was sent, which is the password, could stand in them.
    const shown = /^\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3}\b)?/.exec(response ?? '')?.[0] ?? 'without a reason'
    return failed(`the login was refused (${shown})`, 'login')
  }
  if (command === 'STARTTLS' && status !== undefined && !replies.some((reply) => OFFER.test(reply))) {
    return failed('STARTTLS is not offered, which this check requires', 'starttls')
  }
  if (status !== undefined) {
    const words = shownValue(response, (text) => text)
    const says =
      command === undefined || command === 'CONN' ? `says ${words}` : `answers ${command} with ${words}`
    return failed(says, `smtp_${status}`)
  }
  if (response !== undefined || code === 'EPROTOCOL') return failed('what it answers is not SMTP', 'not_smtp')
  if (error.originalCode === undefined) return explainFailure(new ClosedEarly(error.message), target)
  // The library puts its own code over the system's or OpenSSL's.
  return explainFailure(Object.assign(new Error(error.message), error, { code: error.originalCode }), target)
}

const OFFER = /^250[ -]STARTTLS\b/im
const CODES = ['ECONNECTION', 'ETLS', 'ESOCKET', 'EPROTOCOL', 'EAUTH', 'ETIMEDOUT', 'EDNS']

/** Errors of the library have one of its codes and name the command; those from before it began do not. */
function isSmtpError(error: unknown): error is SmtpError {
  return error instanceof Error && 'command' in error && CODES.includes((error as SmtpError).code ?? '')
}

interface SmtpError extends Error {
  code?: string
  originalCode?: string
  command?: string
  response?: string
}
