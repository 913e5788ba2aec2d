/** A packet of MySQL's protocol: its length, its number, and what it holds. */
export function packet(number: number, content: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(content.length, 0, 3)
  header.writeUInt8(number, 3)
  return Buffer.concat([header, content])
}

/** The greeting of a server without TLS, unless its capabilities say otherwise. */
export function greeting({ version = '8.4.0', capabilities = 0x00_08_a2_0d } = {}): Buffer {
  const content = Buffer.concat([
    Buffer.from(`\n${version}\0\u{1}\0\0\0challeng\0`, 'latin1'),
    little(capabilities & 0xffff),
    Buffer.from([45, 2, 0]),
    little(capabilities >>> 16),
    Buffer.from('\u{15}\0\0\0\0\0\0\0\0\0\0twelve bytes\0mysql_native_password\0', 'latin1'),
  ])
  return packet(0, content)
}

export function ok(number: number): Buffer {
  return packet(number, Buffer.from([0, 0, 0, 2, 0, 0, 0]))
}

export function refusal(number: number, code: number, words: string): Buffer {
  return packet(number, Buffer.concat([Buffer.from([0xff]), little(code), Buffer.from(`#HY000${words}`)]))
}

/** The answer to `select 1`. */
export function one(): Buffer {
  const texts = ['def', '', '', '', '1', '1'].map((text) => Buffer.from([text.length, ...Buffer.from(text)]))
  const column = Buffer.concat([...texts, Buffer.from([0x0c, 63, 0, 1, 0, 0, 0, 8, 0x81, 0, 0, 0, 0])])
  const end = Buffer.from([0xfe, 0, 0, 2, 0])
  const row = Buffer.from([1, 0x31])
  return Buffer.concat(
    [Buffer.from([1]), column, end, row, end].map((content, index) => packet(index + 1, content)),
  )
}

function little(number: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(number)
  return bytes
}
