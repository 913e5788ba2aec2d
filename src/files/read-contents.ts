import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { readContent, type Content } from './read-content.ts'

/** A thread has to load and warm up the parser, and what is smaller is read while another process compiles the pages. */
const WORTH_A_THREAD = 1_500

/** How many files a reader takes at a time: few, so that all of them end together. */
const SHARE = 50

/** Reads many files of a world, in any order, on as many processors as are worth it. */
export async function readContents(
  root: string,
  files: string[],
  components: ReadonlySet<string>,
): Promise<Content[]> {
  const readers = Math.min(availableParallelism(), Math.ceil(files.length / WORTH_A_THREAD))
  const order: ReadingOrder = { root, files, components, taken: new Int32Array(new SharedArrayBuffer(4)) }
  const others = Array.from({ length: readers - 1 }, () => readInThread(order))
  const own = readShares(order)
  return [own, ...(await Promise.all(others))].flat()
}

/** Reads shares of the files for as long as there are any that no other reader has taken. */
export function readShares({ root, files, components, taken }: ReadingOrder): Content[] {
  const contents: Content[] = []
  for (;;) {
    const from = Atomics.add(taken, 0, SHARE)
    if (from >= files.length) return contents
    for (const file of files.slice(from, from + SHARE)) contents.push(readContent(root, file, components))
  }
}

export interface ReadingOrder {
  root: string
  files: string[]
  components: ReadonlySet<string>
  /** How many files have been taken; shared by all readers. */
  taken: Int32Array<SharedArrayBuffer>
}

function readInThread(order: ReadingOrder): Promise<Content[]> {
  const thread = new Worker(new URL('./read-contents.thread.ts', import.meta.url), { workerData: order })
  return new Promise((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
    thread.once('exit', (code) => reject(new Error(`a reading thread ended early, with ${String(code)}`)))
  })
}
