import type { Site } from '../model/site.ts'
import type { World } from '../model/world.ts'
import type { Names } from './incident-view.ts'
import type { Chrome } from './views.ts'

/** What every page says around what it shows. */
export function chromeOf(site: Site): Chrome {
  return {
    siteName: site.name,
    siteUrl: site.url,
    locale: site.locale,
    timezone: site.timezone,
    sample: site.sample,
    links: site.brand.links,
    whiteLabel: site.brand.white_label,
    ...(site.brand.home !== undefined && { home: site.brand.home }),
    ...(site.brand.accent !== undefined && { accent: site.brand.accent }),
  }
}

/** The names of a world's components by id. */
export function namesOf(world: World): Names {
  return new Map(world.components.map(({ id, name }) => [id, name]))
}
