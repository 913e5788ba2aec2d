import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** How the probes of one pass find addresses. */
export interface Network {
  /**
   * The addresses a host stands for, looked up once a pass. Rejects with the resolver's error, or with a
   * `PrivateAddressError` when every address is private and private addresses are not to be asked.
   */
  addressesOf(host: string): Promise<LookupAddress[]>
  /** The same for sockets, so that what was examined is what is connected to. */
  lookup: LookupFunction
}

/** How long one of several addresses may take to connect before the next is tried; Node's 250 ms are short of some continents. */
export const ATTEMPT_PER_ADDRESS_MS = 1_000

/** A host that only has addresses which this prober does not ask. */
export class PrivateAddressError extends Error {
  readonly code = 'private_address'
  constructor(host: string, address: string) {
    const which = host === address ? `${address} is` : `${host} is at ${address},`
    super(`${which} a private address, which this prober does not ask (allowPrivate is off)`)
  }
}

/**
 * How to look up names.
 * `allowPrivate`: whether loopback, private, link-local and cloud metadata addresses may be asked. Whoever can change a
 * check, or where a checked site redirects to, could otherwise make the prober ask its own network.
 */
export function createNetwork({ allowPrivate }: { allowPrivate: boolean }): Network {
  const known = new Map<string, Promise<LookupAddress[]>>()

  async function find(host: string): Promise<LookupAddress[]> {
    const family = isIP(host)
    const all = family ? [{ address: host, family }] : await lookup(host, { all: true })
    const allowed = allowPrivate ? all : all.filter(({ address }) => !isPrivate(address))
    if (allowed.length === 0) throw new PrivateAddressError(host, all[0]?.address ?? host)
    return allowed
  }

  function addressesOf(hostInUrl: string): Promise<LookupAddress[]> {
    const host = hostInUrl.replace(/^\[(.*)\]$/, '$1')
    let found = known.get(host)
    if (!found) {
      found = find(host)
      known.set(host, found)
      found.catch(() => known.delete(host))
    }
    return found
  }

  return {
    addressesOf,
    lookup: (host, options, callback) => {
      addressesOf(host).then(
        (all) => {
          const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family
          const fitting = family ? all.filter((one) => one.family === family) : all
          const [first] = fitting
          if (!first) {
            const error = Object.assign(new Error(`${host} has no address of family ${family}`), {
              code: 'ENOTFOUND',
            })
            callback(error, [])
          } else if (options.all) callback(null, fitting)
          else callback(null, first.address, first.family)
        },
        (error: NodeJS.ErrnoException) => callback(error, []),
      )
    },
  }
}

/** Whether an address belongs to the prober's own machine, network or cloud rather than to the internet. */
export function isPrivate(address: string): boolean {
  if (isIP(address) === 4) return privateAddresses.check(address, 'ipv4')
  const bare = address.replace(/%.*$/, '')
  const throughNat64 = ipv4BehindNat64(bare)
  return throughNat64 ? isPrivate(throughNat64) : privateAddresses.check(bare, 'ipv6')
}

/** RFC 6052: `64:ff9b::c000:201` is 192.0.2.1. On networks with IPv6 only, every IPv4 host looks like this. */
function ipv4BehindNat64(address: string): string | undefined {
  const { hostname } = new URL(`http://[${address}]`)
  const parts = /^\[64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})\]$/.exec(hostname)
  if (!parts) return undefined
  const [high, low] = [parseInt(parts[1] ?? '0', 16), parseInt(parts[2] ?? '0', 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

const privateAddresses = blockListOf({
  // IANA's special-purpose addresses (RFC 6890), multicast, and Azure's platform address, which GitHub's hosted
  // runners can reach.
  ipv4: [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['168.63.129.16', 32],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  ipv6: [
    ['::', 96],
    ['64:ff9b:1::', 48],
    ['2002::', 16],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
})

function blockListOf(ranges: Record<'ipv4' | 'ipv6', [net: string, bits: number][]>): BlockList {
  const list = new BlockList()
  for (const [net, bits] of ranges.ipv4) list.addSubnet(net, bits, 'ipv4')
  for (const [net, bits] of ranges.ipv6) list.addSubnet(net, bits, 'ipv6')
  return list
}
