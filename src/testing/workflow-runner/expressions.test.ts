import { expect, it } from 'vitest'
import { evaluateCondition, evaluateExpression, interpolate } from './expressions.ts'

const contexts = {
  github: { event: { pull_request: { number: 7 } }, ref: 'refs/heads/main' },
  inputs: { loop: '' },
  vars: { CANDOR_LOOP: '50m' },
  steps: { probe: { outputs: { changed: 'true' } } },
}

it.each([
  ["inputs.loop || vars.CANDOR_LOOP || '0'", '50m'],
  ["inputs.loop || vars.NOT_SET || '0'", '0'],
  ['github.event.pull_request.number || github.ref', 7],
  ['github.event.head_commit.message', null],
  ["format('{0}-{1}', github.ref, steps.probe.outputs.changed)", 'refs/heads/main-true'],
  ['contains(fromJSON(\'["a","b"]\'), \'b\')', true],
  // As on GitHub: text is compared without its case, and `'0'` is true because it is not empty.
  ["'MAIN' == 'main'", true],
  ["!'0'", false],
])('%s is %j', (source, value) => {
  expect(evaluateExpression(source, { contexts })).toBe(value)
})

it.each([
  ['ci-${{ github.event.pull_request.number || github.ref }}', 'ci-7'],
  ['${{ vars.NOT_SET }}', ''],
  ["a ${{ 'b' }} c ${{ 'd' }}", 'a b c d'],
  ["${{ '}}' }} stays, and so does $(touch INJ)", '}} stays, and so does $(touch INJ)'],
])('%s becomes %s', (text, value) => {
  expect(interpolate(text, { contexts })).toBe(value)
})

it.each([
  [undefined, { success: true, failure: false, cancelled: false }],
  [false, { success: false, failure: false, cancelled: false }],
  ["vars.CANDOR_LOOP == '50m'", { success: true, failure: false, cancelled: false }],
  ["${{ vars.CANDOR_LOOP != '50m' }}", { success: false, failure: false, cancelled: false }],
  ['failure()', { success: false, failure: true, cancelled: false }],
  ['always()', { success: true, failure: true, cancelled: true }],
  ['!cancelled()', { success: true, failure: true, cancelled: false }],
  ['Always() && steps.probe.outputs.changed', { success: true, failure: true, cancelled: true }],
  ["vars.CANDOR_LOOP == 'always()'", { success: false, failure: false, cancelled: false }],
])('if: %s holds after %j', (condition, expected) => {
  const after = (status: 'success' | 'failure' | 'cancelled') =>
    evaluateCondition(condition, { contexts, status })
  expect({ success: after('success'), failure: after('failure'), cancelled: after('cancelled') }).toEqual(
    expected,
  )
})

it.each([
  ['a context that is not there', 'needs.build.result', /Unrecognized named-value: 'needs'/],
  ['an unknown function', 'shell()', /Unrecognized function: 'shell'/],
  ['a status outside of `if:`', 'always()', /Unrecognized function: 'always'/],
  ['a slip of the pen', 'github.ref ==', /Unexpected/],
])('%s is an error', (_, source, message) => {
  expect(() => evaluateExpression(source, { contexts })).toThrow(message)
})
