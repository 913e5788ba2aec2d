import { connect } from 'node:net'
import type { Probe } from './contract.ts'
import { explainFailure } from './failures.ts'
import { ATTEMPT_PER_ADDRESS_MS } from './network.ts'
import { hostAndPort } from './host-and-port.ts'

/** Opens a connection and closes it. To accept one is the whole answer. */
export const tcp: Probe<'tcp'> = {
  kind: 'tcp',
  takesEnv: [],
  async ask(options, { pass, signal, waitFor }) {
    const { host, port } = hostAndPort(options.tcp)
    try {
      waitFor('name lookup')
      await pass.network.addressesOf(host)
      waitFor('connection')
      await new Promise<void>((resolve, reject) => {
        const { lookup } = pass.network
        const socket = connect({ host, port, lookup, autoSelectFamilyAttemptTimeout: ATTEMPT_PER_ADDRESS_MS })
        const letGo = () => socket.destroy()
        signal.addEventListener('abort', letGo, { once: true })
        socket.once('connect', resolve)
        socket.once('error', reject)
        socket.once('close', () => reject(new Error('closed before it was open')))
        socket.once('close', () => signal.removeEventListener('abort', letGo))
        socket.once('connect', letGo)
      })
      return { outcome: 'answered', facts: {} }
    } catch (error) {
      return explainFailure(error, options.tcp)
    }
  },
}
