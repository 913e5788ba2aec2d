import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { componentSchema, groupSchema } from '../model/component.ts'
import { incidentFrontMatter } from '../model/incident.ts'
import { maintenanceFrontMatter } from '../model/maintenance.ts'
import { metricSchema } from '../model/metric.ts'
import { siteSchema } from '../model/site.ts'
import { incidentPhaseNames, maintenancePhaseNames, severityNames, statusNames } from '../model/status.ts'
import { readIncident } from './read-incident.ts'
import { readMaintenance } from './read-maintenance.ts'
import { readComponents, readSite } from './read-settings.ts'

const manual = (name: string) => readFileSync(path.join(import.meta.dirname, '../../docs', name), 'utf8')
const incidents = manual('incidents.md')
const maintenance = manual('maintenance.md')
const configuration = manual('configuration.md')

describe('the manual explains', () => {
  it.each([
    ...Object.keys(incidentFrontMatter.shape),
    ...['affected', 'next_update_by', 'eta', 'automated'],
    ...[...incidentPhaseNames, ...severityNames, ...statusNames],
  ])('%s of an incident', (word) => {
    expect(incidents).toContain(`\`${word}\``)
  })

  it.each([...Object.keys(maintenanceFrontMatter.shape), ...maintenancePhaseNames])(
    '%s of planned work',
    (word) => {
      expect(maintenance).toContain(`\`${word}\``)
    },
  )

  it.each(keysOf(siteSchema))('%s of site.yaml', (key) => {
    expect(configuration).toMatch(new RegExp(`^\\| \`${key.replaceAll('.', '\\.')}\` +\\|`, 'm'))
  })

  it.each(Object.keys(componentSchema.shape))('%s of components.yaml', (key) => {
    expect(configuration.split('## components.yaml')[1]).toMatch(new RegExp(`^\\| \`${key}\` +\\|`, 'm'))
  })

  it.each(Object.keys(groupSchema.shape))('%s of a group', (key) => {
    expect(configuration.split('Groups have')[1]?.split('\n')[0]).toContain(`\`${key}\``)
  })

  it.each(Object.entries(siteSchema.parse({ name: 'x', url: 'https://x.example' })))(
    'the default of %s, where it is a plain value',
    (key, value) => {
      if (key === 'name' || key === 'url' || typeof value === 'object') return
      expect(configuration.split('\n').find((line) => line.startsWith(`| \`${key}\``))).toContain(
        `\`${String(value)}\``,
      )
    },
  )
})

describe('the examples of the manual', () => {
  const blocks = (text: string, language: string) =>
    [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, code = '']) => code)
  const components = new Set(['api', 'web', 'webhooks'])

  it('of incidents have no problem', () => {
    const read = blocks(incidents, 'markdown').map((source) =>
      readIncident(source, 'incidents/2026-11-21-x.md', '', components),
    )
    expect(read.map(({ problems }) => problems)).toEqual([[], []])
    expect(read.map(({ incident }) => incident?.updates.length)).toEqual([3, 2])
  })

  it('of planned work have no problem', () => {
    const read = blocks(maintenance, 'markdown').map((source) =>
      readMaintenance(source, 'maintenance/2026-12-02-x.md', '', components),
    )
    expect(read.map(({ problems }) => problems)).toEqual([[], []])
    expect(read[0]?.maintenance?.startsAt).toBe(read[1]?.maintenance?.startsAt)
    expect(read[0]?.maintenance?.endsAt).toBe(read[1]?.maintenance?.endsAt)
  })

  it('of settings have no problem', () => {
    const [site = '', components_ = ''] = blocks(configuration, 'yaml')
    expect(readSite(site).problems).toEqual([])
    expect(readComponents(components_).problems).toEqual([])
  })
})

/** The keys of a schema, those of its groups with a dot. */
function keysOf(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = field instanceof z.ZodPrefault || field instanceof z.ZodDefault ? field.unwrap() : field
    return inner instanceof z.ZodObject ? keysOf(inner).map((name) => `${key}.${name}`) : [key]
  })
}

describe('docs/metrics.md', () => {
  const metrics = manual('metrics.md')

  it.each(Object.keys(metricSchema.shape))('explains %s', (key) => {
    expect(metrics).toMatch(new RegExp(`^\\|.*\`${key}\`.*\\|`, 'm'))
  })

  it('has an example that can be read', () => {
    const [, example = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(metrics) ?? []
    expect(readComponents(example).problems).toEqual([])
    expect(readComponents(example).components[0]?.metrics).toHaveLength(3)
  })
})
