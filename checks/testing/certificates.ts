import { generate } from 'selfsigned'

export interface Pair {
  key: string
  cert: string
}

/** An authority for tests, and server certificates that it signs. */
export async function createAuthority(name = 'Test authority'): Promise<{
  ca: string
  issue(names: string[], valid?: { from?: number; to?: number }): Promise<Pair>
}> {
  const authority = await generate([{ name: 'commonName', value: name }], {
    ...modern,
    notBeforeDate: new Date(Date.UTC(2020, 0, 1)),
    notAfterDate: new Date(FAR),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    ca: authority.cert,
    async issue(names, { from = Date.UTC(2020, 0, 1), to = FAR } = {}) {
      const pair = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
        ...modern,
        notBeforeDate: new Date(from),
        notAfterDate: new Date(to),
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
        ],
      })
      return { key: pair.private, cert: pair.cert }
    },
  }
}

/** The end of every certificate that is not about its end: TLS compares it with the machine's clock, not the test's. */
export const FAR = Date.UTC(2090, 0, 1)

const modern = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
