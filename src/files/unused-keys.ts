import type { Problem } from '../model/problem.ts'
import { problemAt } from './problem-at.ts'
import type { YamlFile } from './yaml-file.ts'

/** What the schemas accept, so that worlds can be written for it, and nothing makes anything of yet. `*` is each entry of a list. */
const unusedKeys = {
  site: {
    locales: undefined,
    'brand.logo': undefined,
    policy: undefined,
    notify: undefined,
    service: undefined,
  },
  components: {},
  incident: {
    postmortem: undefined,
    reviewed: undefined,
    pinned: undefined,
    caused_by_maintenance: undefined,
  },
  maintenance: {
    repeat: 'repeated windows are not worked out yet; only the first is shown',
    except: undefined,
    changes: undefined,
  },
} as const satisfies Record<string, Record<string, string | undefined>>

/** A warning for each key that is read and not used, but on lines that have a problem already. */
export function unusedKeyProblems(
  kind: keyof typeof unusedKeys,
  yaml: YamlFile,
  file: string,
  problems: Problem[],
): Problem[] {
  const known = new Set(problems.map(({ line }) => line))
  return Object.entries<string | undefined>(unusedKeys[kind]).flatMap(([key, said]) =>
    pathsTo(yaml.data, key.split('.')).flatMap((path) => {
      const where = yaml.locate(path, true)
      const message = said ?? `"${String(path.at(-1))}" is read, but nothing uses it yet`
      return known.has(where.line)
        ? []
        : [problemAt({ file, lines: yaml.lines }, where, message, { level: 'warning' })]
    }),
  )
}

/** The paths at which something stands. What may be a list may be written as its only entry. */
function pathsTo(data: unknown, [step, ...rest]: string[]): PropertyKey[][] {
  if (step === undefined) return [[]]
  if (step === '*' && Array.isArray(data))
    return data.flatMap((entry, index) => pathsTo(entry, rest).map((path) => [index, ...path]))
  if (step === '*') return pathsTo(data, rest).map((path) => [0, ...path])
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, step)) return []
  return pathsTo((data as Record<string, unknown>)[step], rest).map((path) => [step, ...path])
}
