import { InvalidArgumentError, type Command } from 'commander'
import { pushPoint } from '../../src/files/pushed-points.ts'
import { readWorld } from '../../src/files/read-world.ts'
import { nearest } from '../../src/model/nearest.ts'
import { rootOption, type RootOption } from '../options.ts'
import { say, UsageError, visible } from '../say.ts'

/** `status push api/deliveries 42`: hands over a value of a metric; the recorder takes it with its next pass. */
export function pushCommand(program: Command): void {
  program
    .command('push')
    .description('hand over a value of a metric whose source is `push: true`')
    .argument('<metric>', 'its component and its id: api/deliveries')
    .argument('<value>', 'a number', numberArgument)
    .addOption(rootOption())
    .addHelpText('after', '\nA negative value stands after two hyphens: status push api/balance -- -3')
    .action((metric: string, value: number, { root }: RootOption) => push(root, metric, value))
}

function push(root: string, name: string, value: number): void {
  const pushed = readWorld(root).components.flatMap(({ id, metrics }) =>
    metrics.map((metric) => ({ component: id, metric })),
  )
  const wanted = pushed.find(({ component, metric }) => `${component}/${metric.id}` === name)
  if (!wanted) {
    const known = pushed
      .filter(({ metric }) => metric.push)
      .map(({ component, metric }) => `${component}/${metric.id}`)
    const meant = nearest(name, known)
    const hint = meant === undefined ? `known are: ${known.join(', ') || 'none'}` : `did you mean ${meant}?`
    throw new UsageError(`components.yaml has no metric ${visible(name)}; ${hint}`)
  }
  const { component, metric } = wanted
  if (!metric.push)
    throw new UsageError(`${name} is asked for, not pushed; its source would have to be \`push: true\``)
  pushPoint(root, { component, metric: metric.id, value, at: Date.now() })
  say(`${name}: ${String(value)}${metric.unit === undefined ? '' : ` ${metric.unit}`}, for the next pass`)
}

function numberArgument(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It is a number such as 42 or 0.5.')
  return value
}
