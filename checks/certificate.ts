import { getCACertificates, type TLSSocket } from 'node:tls'
import type { Certificate } from './contract.ts'

/** The certificate that the other side of a connection has shown. */
export function certificateOf(socket: TLSSocket): Certificate | undefined {
  const validTo = socket.getPeerX509Certificate()?.validToDate.getTime()
  return validTo === undefined ? undefined : { validTo }
}

/** The authorities to trust: the machine's own, and one more when there is one. Node's `ca` alone would replace them. */
export function trusted(ca: string | undefined): string[] | undefined {
  return ca === undefined ? undefined : [...getCACertificates('default'), ca]
}
