import { saveLive } from '../live-branch.ts'
import type { SaveLive } from './contract.ts'

/** `branch`: the branch `status-live/<writer>` of the world's own repository. */
export const toBranch: SaveLive = async ({ writer, text }, { repository }) => {
  if (repository) await saveLive(repository, writer, text)
}
