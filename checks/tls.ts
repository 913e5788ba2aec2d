import { isIP, type TcpNetConnectOpts } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { certificateOf, trusted } from './certificate.ts'
import type { Observation, Probe } from './contract.ts'
import { certificateWords, explainFailure } from './failures.ts'
import { hostAndPort } from './host-and-port.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'

/** Shakes hands and reads the certificate. One that visitors' browsers would refuse is down. */
export const tls: Probe<'tls'> = {
  kind: 'tls',
  takesEnv: [],
  async ask(options, { pass, signal, waitFor }) {
    const { host, port } = hostAndPort(options.tls)
    const name = options.server_name ?? host
    const connection: ConnectionOptions & Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'> = {
      host,
      port,
      ca: trusted(pass.ca),
      // RFC 6066: an address is no server name; the certificate is then examined for the host.
      servername: isIP(name) ? undefined : name,
      // Nothing is sent on this connection. It is kept past a bad certificate only to say what is wrong with it.
      rejectUnauthorized: false,
      lookup: pass.network.lookup,
      autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS,
    }
    try {
      waitFor('name lookup')
      await pass.network.addressesOf(host)
      waitFor('connection')
      return await new Promise<Observation>((resolve, reject) => {
        const socket = connect(connection)
        const letGo = () => socket.destroy()
        signal.addEventListener('abort', letGo, { once: true })
        socket.once('connect', () => waitFor('TLS handshake'))
        socket.once('secureConnect', () => resolve(examined(socket, options.tls)))
        socket.once('secureConnect', letGo)
        socket.once('error', reject)
        socket.once('close', () => reject(new Error('closed before the handshake')))
        socket.once('close', () => signal.removeEventListener('abort', letGo))
      })
    } catch (error) {
      return explainFailure(error, options.tls)
    }
  },
}

function examined(socket: TLSSocket, target: string): Observation {
  const certificate = certificateOf(socket)
  if (socket.authorized) return { outcome: 'answered', facts: certificate ? { certificate } : {} }
  // Node's types say Error, but it is the code.
  const code = String(socket.authorizationError)
  const cert = { subjectaltname: certificate?.names }
  const words = certificateWords({ code, cert }) ?? `the certificate is not valid (${code})`
  const day = certificate && new Date(certificate.validTo).toISOString().slice(0, 10)
  const when = code === 'CERT_HAS_EXPIRED' && day ? ` (${day})` : ''
  return { outcome: 'failed', reason: `${target}: ${words}${when}`, code: 'certificate' }
}
