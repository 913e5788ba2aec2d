import { createSocket } from 'node:dgram'

/** What a name server does with a question. `silence` and `garbage` stand for broken ones. */
export type DnsReply =
  | { records: { type: number; data: Buffer }[] }
  | { rcode: 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' }
  | 'silence'
  | 'garbage'

/** A name server on loopback that gives one reply per name. */
export async function startDnsServer(
  replies: Record<string, DnsReply>,
): Promise<{ address: string; close(): void }> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, end } = readName(query)
    const reply = replies[name] ?? { rcode: 'NXDOMAIN' }
    if (reply === 'silence') return
    const answer = reply === 'garbage' ? garbled(query) : packet(query.subarray(0, end), reply)
    socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { address: `127.0.0.1:${socket.address().port}`, close: () => void socket.close() }
}

export function a(address: string): { type: number; data: Buffer } {
  return { type: 1, data: Buffer.from(address.split('.').map(Number)) }
}

export function aaaa(groups: number[]): { type: number; data: Buffer } {
  return { type: 28, data: uint16(...groups) }
}

export function mx(priority: number, exchange: string): { type: number; data: Buffer } {
  return { type: 15, data: Buffer.concat([uint16(priority), written(exchange)]) }
}

export function ns(name: string): { type: number; data: Buffer } {
  return { type: 2, data: written(name) }
}

export function cname(name: string): { type: number; data: Buffer } {
  return { type: 5, data: written(name) }
}

export function txt(...parts: string[]): { type: number; data: Buffer } {
  return { type: 16, data: Buffer.concat(parts.map(lengthFirst)) }
}

export function srv(
  priority: number,
  weight: number,
  port: number,
  name: string,
): { type: number; data: Buffer } {
  return { type: 33, data: Buffer.concat([uint16(priority, weight, port), written(name)]) }
}

export function caa(flags: number, tag: string, value: string): { type: number; data: Buffer } {
  return { type: 257, data: Buffer.concat([Buffer.from([flags]), lengthFirst(tag), Buffer.from(value)]) }
}

const rcodes = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 }

/** RFC 1035 §4.1: the header, the question as it came, and the records, each named by a pointer to the question. */
function packet(question: Buffer, reply: Exclude<DnsReply, string>): Buffer {
  const records = 'records' in reply ? reply.records : []
  const rcode = 'rcode' in reply ? rcodes[reply.rcode] : 0
  const header = Buffer.concat([question.subarray(0, 2), uint16(0x8180 | rcode, 1, records.length, 0, 0)])
  const answers = records.map(({ type, data }) =>
    Buffer.concat([uint16(0xc00c, type, 1, 0, 60, data.length), data]),
  )
  return Buffer.concat([header, question.subarray(12), ...answers])
}

/** The right id and question, then a record that claims more bytes than there are. */
function garbled(query: Buffer): Buffer {
  const { end } = readName(query)
  return Buffer.concat([
    query.subarray(0, 2),
    uint16(0x8180, 1, 1, 0, 0),
    query.subarray(12, end),
    uint16(0xc00c, 1, 1, 0, 60, 400),
  ])
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  // The root label, the type and the class follow.
  return { name: labels.join('.').toLowerCase(), end: at + 5 }
}

function written(name: string): Buffer {
  return Buffer.concat([...name.split('.').map(lengthFirst), Buffer.from([0])])
}

function lengthFirst(text: string): Buffer {
  return Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
}

function uint16(...numbers: number[]): Buffer {
  return Buffer.from(numbers.flatMap((number) => [number >> 8, number & 255]))
}
