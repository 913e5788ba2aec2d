import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** Serves healthy endpoints from a process of its own; see `endpoints.ts`. */
export async function startEndpoints(count: number): Promise<{ urls: string[]; close: () => Promise<void> }> {
  const script = path.resolve(import.meta.dirname, 'endpoints.ts')
  const endpoints = spawn(process.execPath, [script, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] })
  let ports = ''
  for await (const part of endpoints.stdout.setEncoding('utf8')) {
    ports += String(part)
    if (ports.endsWith('\n')) break
  }
  const urls = (JSON.parse(ports) as number[]).map((port) => `http://127.0.0.1:${String(port)}/`)
  const close = async () => {
    endpoints.stdin.end()
    if (endpoints.exitCode === null) await once(endpoints, 'close')
  }
  return { urls, close }
}
