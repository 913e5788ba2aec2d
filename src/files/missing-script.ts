import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { isAbsent } from './atomic-write.ts'
import { nearest } from '../model/nearest.ts'

/** What is wrong with the file of a script check, and the script that was probably meant; `undefined` when it is there. */
export function missingScript(root: string, script: string): { message: string; meant?: string } | undefined {
  if (existsSync(path.join(root, script))) return undefined
  const meant = nearest(script, scriptsIn(root))
  const hint = meant === undefined ? `write one: ${SMALLEST}` : `did you mean "${meant}"?`
  return { message: `there is no file ${script}; ${hint}`, ...(meant !== undefined && { meant }) }
}

const SMALLEST = "export default async ({ signal, env }) => ({ state: 'up' })"

function scriptsIn(root: string): string[] {
  try {
    return readdirSync(path.join(root, 'checks'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?[jt]s$/.test(name))
      .map((name) => `checks/${name.split(path.sep).join('/')}`)
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}
