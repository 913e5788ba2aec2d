import type { Site } from '../model/site.ts'

/** The regions that a site is looked at from, in the order of its vantage points, and who looks from each. */
export function regionsOf({ vantage_points }: Pick<Site, 'vantage_points'>): Region[] {
  const regions = Map.groupBy(vantage_points, ({ name, region = name }) => region)
  return [...regions].map(([name, points]) => ({ name, writers: new Set(points.map(({ id }) => id)) }))
}

export interface Region {
  name: string
  writers: ReadonlySet<string>
}
