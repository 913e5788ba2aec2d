import { expect } from 'vitest'
import type { Check } from '../../src/model/check.ts'
import { sampleOf } from './checks.ts'
import { startTcp } from './servers.ts'

/**
 * Asks a server that gives a right answer, in pieces, with bytes changed at random (the same ones in each run). Whatever
 * comes of it, there is a sample: no piece of nonsense may end the process or pass for a fault of the prober. The answer
 * as it is must be up, or the changes would be made to something that nobody reads.
 */
export async function fuzz(
  pieces: readonly Buffer[],
  makeCheck: (port: number, timeout: string) => Check,
  { runs = 80, speaksFirst = false } = {},
): Promise<void> {
  const random = seeded(42)
  let change = (piece: Buffer) => piece
  const server = await startTcp((socket) => {
    let at = 0
    const say = () => {
      const piece = pieces[at++]
      if (piece) socket.write(change(piece))
    }
    if (speaksFirst) say()
    socket.on('data', say)
  })
  try {
    expect(await sampleOf(makeCheck(server.port, '10s'))).toMatchObject({ state: 'up' })
    for (let run = 0; run < runs; run++) {
      const chosen = pieces[random(pieces.length)]
      change = (piece) => (piece === chosen ? spoiled(piece, random) : piece)
      const sample = await sampleOf(makeCheck(server.port, '30ms'))
      expect(sample.code).not.toBe('prober')
    }
  } finally {
    server.close()
  }
}

function spoiled(piece: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(piece)
  for (let count = random(3); count >= 0; count--) copy[random(copy.length)] = random(256)
  return random(4) === 0 ? copy.subarray(0, random(copy.length)) : copy
}

/** Lehmer's generator (Park and Miller 1988): the same numbers each time. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
