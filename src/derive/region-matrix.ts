import type { ComponentRow, RegionMatrix, VantageView } from './views.ts'
import { agreedStatus, countOf, majority } from './quorum.ts'

/**
 * What each region sees of each component, by itself: what more than half of the region's places that know agree on. A place
 * without a region is one of its own, under its name. Regions are in the order of their first places; no region where
 * nothing is looked at from more than one place.
 */
export function regionMatrix(rows: readonly ComponentRow[]): RegionMatrix {
  const regions = [...new Set(rows.flatMap(({ vantages = [] }) => vantages.map(regionOf)))]
  return {
    regions,
    rows: rows.flatMap(({ id, name, vantages }) =>
      vantages ? [{ id, name, cells: regions.map((region) => cell(vantages, region)) }] : [],
    ),
  }
}

function cell(vantages: VantageView[], region: string): RegionMatrix['rows'][number]['cells'][number] {
  const places = vantages.filter((place) => regionOf(place) === region)
  const status = agreedStatus(countOf(places.map((place) => place.status)), majority)
  const { since, latencyMs } = places.find((place) => place.status === status) ?? {}
  return {
    region,
    status,
    ...(since !== undefined && { since }),
    ...(latencyMs !== undefined && { latencyMs }),
  }
}

function regionOf({ region, name }: VantageView): string {
  return region ?? name
}
