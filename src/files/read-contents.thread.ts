import { parentPort, workerData } from 'node:worker_threads'
import { readShares, type ReadingOrder } from './read-contents.ts'

/** A further reader for `readContents`. */
parentPort?.postMessage(readShares(workerData as ReadingOrder))
