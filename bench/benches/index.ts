import type { Bench } from '../contract.ts'
import { build } from './build.ts'
import { gitHubRecord } from './github-record.ts'
import { homePage } from './home-page.ts'
import { largeHistory } from './large-history.ts'
import { manyComponents } from './many-components.ts'
import { probePass } from './probe-pass.ts'
import { steadyProbing } from './steady-probing.ts'
import { yearOfHistory } from './year-of-history.ts'

/** Every bench, in the order of the table. */
export const benches: Bench[] = [
  homePage,
  probePass,
  steadyProbing,
  build,
  gitHubRecord,
  yearOfHistory,
  largeHistory,
  manyComponents,
]
