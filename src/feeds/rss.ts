import { getRssString } from '@astrojs/rss'
import { en } from '../i18n/en.ts'
import type { Incident, Passage, Update } from '../model/incident.ts'
import type { Maintenance } from '../model/maintenance.ts'
import { phaseWord } from '../model/status.ts'
import type { Instant } from '../model/time.ts'
import type { World } from '../model/world.ts'

/** How many updates the feed holds. Readers poll far more often than so many are posted. */
export const FEED_ITEMS = 100

/** One update as an item of a feed. */
export interface FeedItem {
  /** The file it stands in; its words are read only when the feed is written. */
  of: Incident | Maintenance
  update: Update
  index: number
}

/** The newest updates that a world has made by `now`, newest first: what the feed is made from. */
export function feedItems(world: World, now: Instant): FeedItem[] {
  const begun = <T extends Incident | Maintenance>(all: T[]) =>
    all.filter(({ updates }) => (updates.at(-1)?.at ?? Infinity) <= now).slice(0, FEED_ITEMS)
  // Two updates of one minute stand as in their file, which has the newest first.
  return [...begun(world.incidents), ...begun(world.maintenance)]
    .flatMap((of) => of.updates.map((update, index) => ({ of, update, index })))
    .filter(({ update }) => update.at <= now)
    .sort((a, b) => b.update.at - a.update.at || a.index - b.index || (a.of.id < b.of.id ? 1 : -1))
    .slice(0, FEED_ITEMS)
}

/** RSS 2.0, one item per update, so that a reader sees "resolved" and not only the first post. */
export async function rss(world: World, items: FeedItem[]): Promise<string> {
  const { name, url, locale } = world.site
  return getRssString({
    title: wellFormed(`${name} status`),
    description: wellFormed(`Incidents and maintenance of ${name}, one item per update.`),
    site: `${url}/`,
    trailingSlash: true,
    xmlns: { atom: 'http://www.w3.org/2005/Atom' },
    customData: `<language>${locale}</language><atom:link href="${url.replaceAll('&', '&amp;')}/rss.xml" rel="self" type="application/rss+xml"/>`,
    items: items.map(({ of, update, index }) => {
      const passage: Passage | undefined = world.textOf(of).updates[index]
      const note = update.automated ? en.now.automated : undefined
      return {
        title: wellFormed(`${phaseWord(update.phase)}: ${of.title}`),
        link: `${url}/${'startsAt' in of ? 'maintenance' : 'incidents'}/${encodeURIComponent(of.id)}/#${update.id}`,
        pubDate: new Date(update.at),
        description: wellFormed([passage?.plain, note && `(${note})`].filter(Boolean).join(' ')),
        content: wellFormed([passage?.html, note && `<p><em>${note}</em></p>`].filter(Boolean).join('\n')),
        categories: [update.phase],
      }
    }),
  })
}

/** XML 1.0 has no way to write control characters, lone surrogates or the two non-characters; one makes a feed unreadable. */
function wellFormed(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
}
