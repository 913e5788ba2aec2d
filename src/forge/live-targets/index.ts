import type { LiveTargetKind } from '../../model/live-target.ts'
import { toBranch } from './branch.ts'
import type { SaveLive } from './contract.ts'
import { toFile } from './file.ts'
import { toHttp } from './http.ts'
import { toS3 } from './s3.ts'

/** How a live snapshot gets to each kind of place. */
export const liveTargets = {
  branch: toBranch,
  file: toFile,
  http: toHttp,
  s3: toS3,
} satisfies Record<LiveTargetKind, SaveLive>
