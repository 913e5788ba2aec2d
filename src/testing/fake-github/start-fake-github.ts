import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readDescription, type Description } from './description.ts'
import type { Fault } from './faults.ts'
import { Hub, type Settings } from './hub.ts'
import { mergePull } from './merge-pull.ts'
import type { OperationId } from './operations.ts'
import { send, serve, type Playing } from './serve.ts'

/**
 * Starts GitHub's REST API on the loopback interface over a real bare git repository. Requests and answers are checked
 * against GitHub's own description: a request that it does not allow is refused, an answer that it does not allow is
 * noted in `violations`. What the fake does not know answers 501 and is noted in `unimplemented`.
 */
export async function startFakeGitHub(options: FakeGitHubOptions): Promise<FakeGitHub> {
  description ??= readDescription()
  const { repository, owner, name } = options
  const settings: Settings = {
    ...{ defaultBranch: 'main', allowAutoMerge: false, checksPending: false },
    ...{ deleteBranchOnMerge: false, mergeabilityUnknown: 0, issuesEnabled: true },
    ...options.settings,
  }
  const hub = new Hub({ repository, owner, name, description, settings })
  const fake: Playing = {
    ...{ pulls: hub.pulls, issues: hub.issues, comments: hub.comments, dispatches: hub.dispatches },
    ...{ settings, requests: [], violations: [], unimplemented: [], faults: [...(options.faults ?? [])] },
  }
  const server = createServer((request, response) => {
    serve(hub, fake, options.tokens, request, response).catch((error: unknown) => {
      fake.violations.push(`the fake itself failed: ${String((error as Error).stack)}`)
      send(response, 500, { message: 'Server Error' })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...fake,
    url: `http://127.0.0.1:${port}`,
    async passChecks() {
      settings.checksPending = false
      for (const pull of hub.pulls) {
        if (pull.state !== 'open' || !pull.autoMerge) continue
        const { method, title } = pull.autoMerge
        await mergePull(hub, pull, { merge_method: method, ...(title && { commit_title: title }) })
      }
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

let description: Description | undefined

export interface FakeGitHubOptions {
  /** The folder of a bare repository. Its branches are the branches on GitHub. */
  repository: string
  owner: string
  name: string
  /** The tokens that are known, and what each may not do. Any token may do everything where this is left out. */
  tokens?: Record<string, { denied?: (OperationId | 'graphql')[] }>
  settings?: Partial<Settings>
  faults?: Fault[]
}

export interface FakeGitHub extends Playing {
  url: string
  /** Lets the required checks pass: pull requests with auto-merge are merged. */
  passChecks: () => Promise<void>
  close: () => Promise<void>
}
