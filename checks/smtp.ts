import { isIPv6 } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { CheckOptions } from '../src/model/check.ts'
import { smtpSecurity } from '../src/model/check-kinds/smtp.ts'
import { trusted } from './certificate.ts'
import { guardReading, openConnection } from './connection.ts'
import type { Certificate, Observation, Probe, ProbeContext } from './contract.ts'
import { hostAndPort } from './host-and-port.ts'
import { explainSmtp } from './smtp-failures.ts'

/** Greets a mail server as a client does, over TLS and with a login where the check wants it. Sends no mail. */
export const smtp: Probe<'smtp'> = {
  kind: 'smtp',
  takesEnv: ['user', 'password'],
  async ask(options, context) {
    const replies: string[] = []
    try {
      return await converse(options, context, replies)
    } catch (error) {
      return explainSmtp(error, { target: options.smtp, replies })
    }
  },
}

async function converse(
  options: CheckOptions<'smtp'>,
  context: ProbeContext,
  replies: string[],
): Promise<Observation> {
  const { host, port } = hostAndPort(options.smtp)
  const { waitFor, pass } = context
  const security = smtpSecurity(options)
  const socket = await openConnection({ host, port }, context)
  guardReading(socket)
  waitFor(security === 'tls' ? 'TLS handshake' : 'answer')

  let certificate: Certificate | undefined
  const connection = new SMTPConnection({
    connection: socket,
    host,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    name: options.helo ?? addressLiteral(socket.localAddress),
    tls: {
      ca: trusted(pass.ca),
      // Called once the chain is found to be good. The library keeps its TLS socket to itself, so it is read here.
      checkServerIdentity: (name, shown) => {
        waitFor('answer')
        certificate = { validTo: Date.parse(shown.valid_to) }
        if (shown.subjectaltname !== undefined) certificate.names = shown.subjectaltname
        return checkServerIdentity(name, shown)
      },
    },
    maxResponseSize: LONGEST_REPLY,
    ...noTimeouts,
    // The one place where the library shows the greeting, and when it begins to shake hands.
    transactionLog: true,
    logger: {
      debug: ({ tnx }: { tnx?: string }, text: string) => {
        if (tnx === 'server') replies.push(text)
        if (tnx === 'client' && text === 'STARTTLS') waitFor('TLS handshake')
      },
    },
  })
  const failed = new Promise<never>((_, reject) => connection.on('error', reject))
  try {
    await Promise.race([failed, greeted(connection)])
    // Taken before the login: what comes after may repeat what was sent.
    const answers = [replies[0], replies.length > 1 ? replies.at(-1) : '']
      .join('\n')
      .split(/\r?\n/)
      .filter(Boolean)
    const { user, password } = options
    if (user !== undefined && password !== undefined) {
      await Promise.race([failed, loggedIn(connection, user, password)])
    }
    return { outcome: 'answered', facts: { answers, ...(certificate && { certificate }) } }
  } finally {
    // A server that does not say goodbye is not waited for.
    connection.quit()
    const cut = setTimeout(() => socket.destroy(), GOODBYE_MS).unref()
    socket.once('close', () => clearTimeout(cut))
  }
}

/** In characters. A reply has a few lines; the library's own limit is a megabyte. */
const LONGEST_REPLY = 64 * 1024
const GOODBYE_MS = 1_000

// The runner has one deadline for the whole attempt, which covers all of these. This is the longest a timer can be.
const LONGEST_TIMER_MS = 2 ** 31 - 1
const noTimeouts = {
  connectionTimeout: LONGEST_TIMER_MS,
  greetingTimeout: LONGEST_TIMER_MS,
  socketTimeout: LONGEST_TIMER_MS,
}

/** RFC 5321 §4.1.4: a client without a name of its own gives its address. */
function addressLiteral(address = '127.0.0.1'): string {
  return isIPv6(address) ? `[IPv6:${address}]` : `[${address}]`
}

function greeted(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.connect((error?: Error | null) => (error ? reject(error) : resolve())),
  )
}

function loggedIn(connection: SMTPConnection, user: string, pass: string): Promise<void> {
  return new Promise((resolve, reject) =>
    connection.login({ user, pass }, (error?: Error | null) => (error ? reject(error) : resolve())),
  )
}
