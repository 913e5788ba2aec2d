import { describe, expect, it } from 'vitest'
import { seriesPath, seriesRange } from './series-path.ts'

describe('the path of a series', () => {
  it('runs from edge to edge, with the largest value on top and zero at the bottom', () => {
    expect(
      seriesPath(
        [
          [0, 0],
          [1, 10],
          [2, 5],
        ],
        1,
      ),
    ).toBe('M0.0 70.0h.01L179.5 4.0L359.0 37.0')
  })

  it('has a gap where a value is missing', () => {
    const path = seriesPath(
      [
        [0, 1],
        [1, 1],
        [3, 1],
      ],
      1,
    )
    expect(path.match(/M/g)).toHaveLength(2)
  })

  it.each([
    [[], { top: 1, bottom: 0 }],
    [[0, 0], { top: 1, bottom: 0 }],
    [[5], { top: 5, bottom: 0 }],
    [[-5, -1], { top: 0, bottom: -5 }],
  ])('of %j stands on zero', (values, range) => {
    expect(seriesRange(values)).toEqual(range)
  })
})
