import { openConnection } from './connection.ts'
import type { Probe } from './contract.ts'
import { explainFailure } from './failures.ts'
import { hostAndPort } from './host-and-port.ts'

/** Opens a connection and closes it. To accept one is the whole answer. */
export const tcp: Probe<'tcp'> = {
  kind: 'tcp',
  takesEnv: [],
  async ask(options, context) {
    try {
      const socket = await openConnection(hostAndPort(options.tcp), context)
      socket.destroy()
      return { outcome: 'answered', facts: {} }
    } catch (error) {
      return explainFailure(error, options.tcp)
    }
  },
}
