import { execFile } from 'node:child_process'
import { access, cp, mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

/**
 * The actions that the runner knows, by the part of `uses` before the `@`. Each does what the real one does as far
 * as it can be seen without GitHub, and throws where the real one fails its step.
 */
export const actions: Record<string, Action> = {
  'actions/checkout': checkOut,
  'actions/setup-node': setUpNode,
  'actions/upload-pages-artifact': uploadPagesArtifact,
  'actions/deploy-pages': deployPages,
}

async function checkOut(inputs: ActionInputs, run: ActionRun): Promise<Outputs> {
  allowInputs(inputs, ['persist-credentials', 'fetch-depth'])
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', run.workspace, ...args])
  const depth = inputs['fetch-depth'] ?? '1'
  await git('init', '--quiet', `--initial-branch=${run.branch}`)
  await git('remote', 'add', 'origin', `file://${run.repository}`)
  await git('fetch', '--quiet', ...(depth === '0' ? [] : [`--depth=${depth}`]), 'origin', run.sha)
  await git('checkout', '--quiet', '-B', run.branch, run.sha)
  if (inputs['persist-credentials'] === 'false') {
    // A folder asks for no password; without this, a step that needs one would pass here and fail on GitHub.
    await git('remote', 'set-url', '--push', 'origin', 'https://no-credentials.invalid/')
  }
  return { commit: run.sha }
}

/** Changes nothing: the Node of a test is the one on its `PATH`. Which version was asked for is its output. */
async function setUpNode(inputs: ActionInputs, run: ActionRun): Promise<Outputs> {
  allowInputs(inputs, ['node-version', 'node-version-file', 'package-manager-cache'])
  const file = inputs['node-version-file']
  const asked =
    file === undefined ? inputs['node-version'] : await readFile(path.join(run.workspace, file), 'utf8')
  if (asked === undefined) throw new Error('setup-node: neither node-version nor node-version-file is given.')
  return { 'node-version': asked.trim() }
}

async function uploadPagesArtifact(inputs: ActionInputs, run: ActionRun): Promise<Outputs> {
  allowInputs(inputs, ['path'])
  const folder = path.join(run.workspace, inputs.path ?? '_site/')
  await access(folder)
  await rm(run.pagesArtifact, { recursive: true, force: true })
  await mkdir(path.dirname(run.pagesArtifact), { recursive: true })
  await cp(folder, run.pagesArtifact, { recursive: true, dereference: true })
  return {}
}

async function deployPages(inputs: ActionInputs, run: ActionRun): Promise<Outputs> {
  allowInputs(inputs, [])
  for (const grant of ['pages', 'id-token']) {
    if (run.permissions[grant] !== 'write') throw new Error(`deploy-pages: the job needs ${grant}: write.`)
  }
  await access(run.pagesArtifact)
  const [owner, name] = run.fullName.split('/')
  const url = `https://${owner}.github.io/${name}/`
  run.deployed(url)
  return { page_url: url }
}

function allowInputs(inputs: ActionInputs, known: string[]): void {
  const unknown = Object.keys(inputs).filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Error(`The workflow runner does not know the inputs ${unknown.join(', ')}.`)
}

type Action = (inputs: ActionInputs, run: ActionRun) => Promise<Outputs>
type ActionInputs = Record<string, string>
export type Outputs = Record<string, string>

/** What an action may know and change of the run that it is a step of. */
export interface ActionRun {
  workspace: string
  /** Folder of the bare repository. */
  repository: string
  /** `owner/name`. */
  fullName: string
  branch: string
  sha: string
  permissions: Record<string, string>
  /** Where the uploaded page is kept between the jobs. */
  pagesArtifact: string
  deployed: (url: string) => void
}
