/** What a MySQL server says first, as far as a check needs to know it before it answers. */
export type Greeting =
  | { says: 'hello'; offersTls: boolean; isMariaDb: boolean }
  /** It has no room, or knows this client too well: the words are the library's to read. */
  | { says: 'no' }
  | { says: 'something else' }

/** Reads protocol version 10's handshake, or an error in its place; `undefined` while there are too few bytes to tell. */
export function readGreeting(bytes: Buffer): Greeting | undefined {
  if (bytes.length < 5) return undefined
  const length = bytes.readUIntLE(0, 3)
  const [sequence, kind] = [bytes[3], bytes[4]]
  if (length < 4 || length > LONGEST_GREETING) return { says: 'something else' }
  if (kind === ERROR) return { says: 'no' }
  if (sequence !== 0 || kind !== VERSION_10) return { says: 'something else' }
  if (bytes.length < 4 + length) return undefined
  const packet = bytes.subarray(5, 4 + length)
  const end = packet.indexOf(0)
  // The connection's number, eight bytes of challenge and a zero stand between the version and the capabilities.
  const capabilities = end + 1 + 4 + 8 + 1
  if (end < 0 || packet.length < capabilities + 2) return { says: 'something else' }
  return {
    says: 'hello',
    offersTls: (packet.readUInt16LE(capabilities) & CLIENT_SSL) !== 0,
    isMariaDb: /mariadb/i.test(packet.toString('latin1', 0, end)),
  }
}

const ERROR = 0xff
const VERSION_10 = 10
const CLIENT_SSL = 0x0800
const LONGEST_GREETING = 4096
