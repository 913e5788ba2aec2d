import { createHash } from 'node:crypto'
import { componentView } from '../derive/component-view.ts'
import { historyView, monthsOf, monthView } from '../derive/history-view.ts'
import { homeView } from '../derive/home-view.ts'
import { incidentVersion, isOpen } from '../derive/incident-state.ts'
import { incidentPageView, maintenancePageView, notFoundView } from '../derive/page-views.ts'
import { methodologyView } from '../derive/methodology-view.ts'
import { maintenanceState } from '../derive/maintenance-state.ts'
import { siteFacts } from '../derive/site-facts.ts'
import { feedItems, rss } from '../feeds/rss.ts'
import { methodologyJson, methodologyJsonSchema } from '../feeds/methodology-json.ts'
import { statusJson, statusJsonSchema } from '../feeds/status-json.ts'
import { uptimeJson, uptimeJsonSchema } from '../feeds/uptime-json.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'
import type { Renderer } from './renderer.ts'

/** One file of the built site. */
export interface Output {
  /** Relative to the built folder: `incidents/2026-11-21-api/index.html`. */
  path: string
  /** Names everything it is made from: the same key, the same bytes. */
  key: string
  make: () => string | Uint8Array | Promise<string | Uint8Array>
}

/** Every file that a world's site consists of at a moment. Nothing is made yet. */
export function outputs(world: World, now: Instant, renderer: Renderer): Output[] {
  const facts = siteFacts(world, now)
  const { chrome, names } = facts
  // What any page may show beside its own subject: the site's name, its components' names, and the pages' own code.
  const common = keyOf(chrome, [...names], renderer.digest)
  const page = (route: string, view: unknown, key = keyOf(common, view)): Output => ({
    path: `${route.slice(1)}index.html`,
    key,
    make: () => renderer.render(route, view),
  })
  const lazyPage = (route: string, key: string, view: () => unknown): Output => ({
    path: `${route.slice(1)}index.html`,
    key,
    make: () => renderer.render(route, view()),
  })

  const items = feedItems(world, now)
  const months = monthsOf(facts)
  return [
    page('/', homeView(facts)),
    ...world.components.map((component) =>
      page(`/components/${component.id}/`, componentView(facts, component)),
    ),
    ...facts.world.incidents.map((incident) =>
      lazyPage(
        `/incidents/${incident.id}/`,
        // While it is open, its page watches for changes of anything.
        isOpen(incident, now)
          ? keyOf(common, incident.digest, now, facts.version)
          : `${incidentVersion(incident)}.${common}`,
        () => incidentPageView(facts, incident),
      ),
    ),
    ...world.maintenance.map((maintenance) =>
      lazyPage(
        `/maintenance/${maintenance.id}/`,
        keyOf(common, maintenance.digest, maintenanceState(maintenance, now)),
        () => maintenancePageView(facts, maintenance),
      ),
    ),
    page('/history/', historyView(facts, months)),
    ...months.map((month) =>
      lazyPage(`/history/${month.month}/`, keyOf(common, month.key), () => monthView(facts, month)),
    ),
    { path: '404.html', key: keyOf(common), make: () => renderer.render('/404', notFoundView(facts)) },
    {
      path: 'rss.xml',
      key: keyOf(
        common,
        items.map(({ of, update }) => [of.id, of.digest, update.id]),
      ),
      make: () => rss(world, items),
    },
    json('status.json', statusJson(facts)),
    json('api/v1/schema.json', statusJsonSchema()),
    page('/methodology/', methodologyView(facts)),
    json('api/v1/methodology.json', methodologyJson(facts)),
    json('api/v1/methodology.schema.json', methodologyJsonSchema()),
    json('api/v1/uptime.json', uptimeJson(facts)),
    json('api/v1/uptime.schema.json', uptimeJsonSchema()),
  ]
}

function json(path: string, value: unknown): Output {
  const text = `${JSON.stringify(value, null, 2)}\n`
  return { path, key: keyOf(text), make: () => text }
}

/** Short, and the same for the same values. 64 bits: a site has thousands of files, not billions. */
function keyOf(...values: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 16)
}
