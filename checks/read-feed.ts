import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import type { Instant } from '../src/model/time.ts'

/** One entry of a feed. */
export interface Entry {
  title: string
  text: string
  /** The incident's own address, which all entries on it share. */
  link: string
  at?: Instant
}

const MOST_ENTRIES = 200
const LONGEST_TITLE = 300
const LONGEST_TEXT = 20_000

/** An Atom or RSS feed; `undefined` for anything else. Texts are cut to what somebody would read. */
export function readFeed(xml: string): { title: string; entries: Entry[] } | undefined {
  // A feed needs no document type, and entities are declared there: a few lines can stand for gigabytes.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) return undefined
  let document: unknown
  try {
    document = parser.parse(xml)
  } catch {
    return undefined
  }
  const atom = atomSchema.safeParse(document).data?.feed
  if (atom) {
    return {
      title: atom.title,
      entries: atom.entry
        .slice(0, MOST_ENTRIES)
        .map(({ title, link, content, summary, updated, published }) => ({
          title: title.trim().slice(0, LONGEST_TITLE),
          text: (content || summary).slice(0, LONGEST_TEXT),
          link: withoutFragment(link.find(({ rel }) => rel !== 'self')?.href ?? ''),
          at: momentOf(updated || published),
        })),
    }
  }
  const channel = rssSchema.safeParse(document).data?.rss.channel
  return (
    channel && {
      title: channel.title,
      entries: channel.item.slice(0, MOST_ENTRIES).map((item) => ({
        title: item.title.trim().slice(0, LONGEST_TITLE),
        text: (item['content:encoded'] || item.description).slice(0, LONGEST_TEXT),
        link: withoutFragment(item.link),
        at: momentOf(item.pubDate),
      })),
    }
  )
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: 'text',
  parseTagValue: false,
  isArray: (name) => name === 'entry' || name === 'item' || name === 'link',
})

/** RFC 3339 and RFC 822 dates; absent when it is neither. */
function momentOf(text: string): Instant | undefined {
  const at = text.length > 60 ? NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** Entries that differ in the fragment alone speak of one incident. */
function withoutFragment(link: string): string {
  return link.replace(/#.*$/s, '')
}

/** An element's text, with or without attributes beside it; empty when it is not there. */
const text = z
  .union([z.string(), z.object({ text: z.string() }).transform((element) => element.text)])
  .catch('')
const atomSchema = z.object({
  feed: z.object({
    title: text,
    entry: z
      .array(
        z.object({
          title: text,
          content: text,
          summary: text,
          updated: text,
          published: text,
          link: z.array(z.object({ href: z.string(), rel: z.string().optional() })).catch([]),
        }),
      )
      .default([]),
  }),
})
const rssSchema = z.object({
  rss: z.object({
    channel: z.object({
      title: text,
      item: z
        .array(
          z.object({
            title: text,
            description: text,
            'content:encoded': text,
            pubDate: text,
            link: z
              .tuple([text])
              .rest(z.unknown())
              .transform(([first]) => first)
              .catch(''),
          }),
        )
        .default([]),
    }),
  }),
})
