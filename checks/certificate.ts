import { getCACertificates, type TLSSocket } from 'node:tls'
import type { Certificate } from './contract.ts'

/** The certificate that the other side of a connection has shown. To be read once: Node 24 gives less at a second reading. */
export function certificateOf(socket: TLSSocket): Certificate | undefined {
  const certificate = socket.getPeerX509Certificate()
  return certificate && { validTo: certificate.validToDate.getTime(), names: certificate.subjectAltName }
}

/** The authorities to trust: the machine's own, and one more when there is one. Node's `ca` alone would replace them. */
export function trusted(ca: string | undefined): string[] | undefined {
  return ca === undefined ? undefined : [...getCACertificates('default'), ca]
}
