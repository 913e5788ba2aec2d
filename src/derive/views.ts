import type { IncidentPhase, MaintenancePhase, Severity, Status, UpdatePhase } from '../model/status.ts'
import type { UnreadFile } from '../model/incident.ts'
import type { Instant } from '../model/time.ts'

/** What every page needs to know of the site it belongs to, whatever it shows. */
export interface Chrome {
  siteName: string
  /** Without a slash at its end. */
  siteUrl: string
  locale: string
  /** IANA name of the owner's zone. */
  timezone: string
  /** The site says of itself that it shows an example. */
  sample: boolean
  home?: string
  links: { name: string; url: string }[]
  accent?: string
  whiteLabel: boolean
}

/** What the page as a whole says, before words are found for it. */
export interface Verdict {
  /** The worst that anyone declared or measured. Of a stale page, all of this is what was known last. */
  status: Status
  /** Components that are not operational, by status, worst first, in the order of the page. */
  affected: { status: Status; components: Named[] }[]
  /** Components that are operational, and all there are. */
  operational: number
  total: number
  /** Titles of open incidents that name no component, worst first. */
  loose: string[]
  unread: number
}

export interface Named {
  id: string
  name: string
}

/** When the probes last looked, and whether that is too long ago to say anything about now. */
export interface Freshness {
  builtAt: Instant
  /** The oldest of the writers' last passes; absent when nothing is measured here. */
  checkedAt?: Instant
  intervalMs: number
  /** Older than three intervals when the page was built. */
  stale: boolean
  /** False on a site that has no checks: people alone declare its state. */
  measured: boolean
}

export interface HomeView {
  chrome: Chrome
  /** A hash of what the page says; it changes only when that does. `status.json` carries the same. */
  version: string
  verdict: Verdict
  freshness: Freshness
  /** Open incidents, worst and then newest first, with every update. */
  open: IncidentView[]
  /** Trouble that the probes see and no open incident covers. */
  measuredOnly: MeasuredTrouble[]
  running: MaintenanceView[]
  unread: UnreadFile[]
  groups: GroupView[]
  /** Planned work that has not begun, soonest first. */
  upcoming: MaintenanceView[]
  /** The last 14 UTC days, newest first, today included; a day without incidents has an empty list. */
  past: { day: string; incidents: IncidentSummary[] }[]
}

export interface MeasuredTrouble {
  component: Named
  status: Status
  since: Instant
  why?: string
}

export interface GroupView {
  /** Absent for the components that belong to no group; they come first. */
  id?: string
  name?: string
  description?: string
  status: Status
  components: ComponentRow[]
}

export interface ComponentRow extends Named {
  description?: string
  link?: string
  /** What the page says: the worse of what is declared and what is measured, each also told apart below. */
  status: Status
  /** What people declared; absent when no open incident or running maintenance names it. */
  declared?: Status
  /** What the probes measured; absent when it has no checks. */
  measured?: {
    /** `unknown` while the probes are late. */
    status: Status
    /** What they saw last, while they are late. */
    lastKnown?: Status
    since?: Instant
    checkedAt?: Instant
    why?: string
    latencyMs?: number
  }
  /** What each place that looks at it sees by itself; absent where it is one. */
  vantages?: VantageView[]
  /** Those of them that see it worse than it counts. */
  dissent?: VantageView[]
  /** While it changes too often to be told change by change. */
  unstable?: { changes: number; withinMs: number; lastChange: Instant }
  strip: StripView
}

/** Component × region: what each region sees by itself. `cells` are in the order of `regions`. */
export interface RegionMatrix {
  regions: string[]
  rows: (Named & { cells: { region: string; status: Status; since?: Instant; latencyMs?: number }[] })[]
}

/** One place's own view of a component. */
export interface VantageView extends Named {
  region?: string
  /** `unknown` when it has never looked, or not for too long. */
  status: Status
  since?: Instant
  checkedAt?: Instant
  why?: string
  latencyMs?: number
}

/** Ninety UTC days of one component, from the same log as the figure beside it. */
export interface StripView {
  /** Oldest first; the last is today. */
  days: StripDay[]
  /** `99.947`, floored; absent when nothing is known. */
  percent?: string
  /** Known share of the window, 0 to 1. */
  coverage: number
  /** Less than 90 % of the window is known: the figure is not printed as a record. */
  insufficient: boolean
  source: 'measured' | 'declared'
  /** Since when anything is known, where that is younger than the window. */
  since?: Instant
}

export interface StripDay {
  /** `2026-11-21` */
  day: string
  /** The worst of the day; `unknown` when nothing is known of it. */
  status: Status
  /** Whole minutes, rounded up, in statuses worse than operational (for maintenance days: in maintenance). */
  minutes: number
}

export interface ImpactView extends Named {
  status: Status
}

/** One line of a list. */
export interface IncidentSummary {
  id: string
  title: string
  phase: IncidentPhase
  severity: Severity
  startedAt: Instant
  resolvedAt?: Instant
  readFully: boolean
  retracted?: string
  /** The incident that it goes on as. */
  mergedInto?: string
  /** It says something, and is no incident whose time counts. */
  announcement?: true
  sample: boolean
  /** The worst it did to each component, worst first. */
  worst: ImpactView[]
  updateCount: number
}

export interface IncidentView extends IncidentSummary {
  detectedAt?: Instant
  /** What is affected now; empty when it is over. */
  impacts: ImpactView[]
  /** The newest promise that is still open. */
  nextUpdateBy?: Instant
  eta?: Instant
  /** Newest first. */
  updates: UpdateView[]
  /** Sanitised HTML of what stands before the first heading; empty when there is nothing. */
  introHtml: string
  sections: { heading: string; html: string }[]
  source?: string
  splitFrom?: string
}

export interface UpdateView {
  /** The anchor of its permalink. */
  id: string
  at: Instant
  phase: UpdatePhase
  /** Sanitised HTML. */
  html: string
  plain: string
  automated: boolean
  affected?: ImpactView[]
}

export interface MaintenanceView {
  id: string
  title: string
  phase: MaintenancePhase
  startsAt: Instant
  endsAt: Instant
  plannedEndsAt: Instant
  /** It runs past its end and nobody said that it is over. */
  overrun: boolean
  readFully: boolean
  impact?: string
  impacts: ImpactView[]
  emergency: boolean
  reason?: string
  sample: boolean
  updates: UpdateView[]
  introHtml: string
  sections: { heading: string; html: string }[]
  source?: string
}

export interface ComponentView {
  chrome: Chrome
  /** A hash of what the page says; it changes only when that does. `status.json` carries the same. */
  version: string
  component: ComponentRow
  group?: Named
  freshness: Freshness
  /** 24 hours, 7, 30, 60, 90 days and a year. */
  uptime: WindowFigure[]
  /** The same by each signal, and by both reconciled; absent for a component that is not measured. */
  accounts?: { window: string; measured: WindowFigure; declared: WindowFigure; reconciled: WindowFigure }[]
  /** What is checked and how, one line each: `http https://api.example.com/health, every 60 s`. Holds no secret. */
  checks: string[]
  /** Newest day first, only days that were measured: percentiles in ms. */
  latency: { day: string; p50: number; p95: number; p99: number }[]
  /** Over several days together; absent where no complete day was looked at. */
  response?: ResponseView
  /** In the order of `components.yaml`. */
  metrics: MetricView[]
  /** Of the last 90 days, newest first. */
  incidents: IncidentSummary[]
  maintenance: MaintenanceView[]
  /** Of what was measured in the last 365 days, newest first. */
  corrections: CorrectionView[]
}

/** Latency and failures over complete UTC days. */
export interface ResponseView {
  windows: {
    /** 7, 30 or 90, and how many of these days were looked at. */
    days: number
    seen: number
    /** Passes that could tell, how many of them found it down or partly down, and how many there were in a day. */
    passes: number
    failed: number
    passesPerDay: number
    /** In ms, from histograms; absent when no pass was answered. */
    p50?: number
    p95?: number
    p99?: number
  }[]
  /** The 95th percentile of the last seven days against the seven before, in percent. */
  trend?: number
}

export interface MetricView extends Named {
  unit?: string
  /** Absent when there is none, or none that is recent. `none`: the metric has no thresholds. */
  latest?: { value: number; at: Instant; state: 'none' | 'well' | 'warn' | 'crit' }
  /** The last 24 hours, oldest first, one value for each five minutes. */
  recent: [Instant, number][]
  /** The last 90 days, newest first, only days with a value; the first may be today. */
  days: { day: string; n: number; min: number; avg: number; max: number; p95: number }[]
  /** The last seven complete days against the seven before, in percent. */
  trend?: number
}

export interface WindowFigure {
  window: string
  percent?: string
  coverage: number
  insufficient: boolean
}

/** Measurements of a stretch of time that turned out wrong, and what counts instead. */
export interface CorrectionView {
  id: string
  from: Instant
  until: Instant
  countsAs: Status
  /** The one vantage point that it is about. */
  writer?: string
  /** Without markup. */
  reason: string
}

export interface IncidentPageView {
  chrome: Chrome
  incident: IncidentView
  /** True while the page has to say something about now (it is open). */
  open: boolean
  /** While it is open: when it was built, and the hash of what the site says, as on pages that speak of now. */
  builtAt?: Instant
  version?: string
}

export interface MaintenancePageView {
  chrome: Chrome
  maintenance: MaintenanceView
}

/** `/history/`: every month there is, and how many incidents it had. */
export interface HistoryView {
  chrome: Chrome
  years: { year: string; months: { month: string; incidents: number; maintenance: number }[] }[]
}

/** `/history/2026-11/` */
export interface MonthView {
  chrome: Chrome
  /** `2026-11` */
  month: string
  previous?: string
  next?: string
  /** Newest first; only days on which something began. */
  days: { day: string; incidents: IncidentSummary[]; maintenance: MaintenanceView[] }[]
  /** Uptime of each component in this month. */
  uptime: { component: Named; percent?: string; coverage: number; insufficient: boolean }[]
}

/** `/methodology/`: how the figures of this site come about, in its own numbers. Durations in milliseconds. */
export interface MethodologyView {
  chrome: Chrome
  /** The share of the time in each status that counts as downtime, largest first. */
  weights: { status: Status; weight: number }[]
  excludesMaintenance: boolean
  /** 0 to 1: with less known of a window, its figure is no record. */
  enoughCoverage: number
  /** Figures are rounded down to so many. */
  decimals: number
  /** `24h`, `90d` */
  windows: string[]
  intervalMs: number
  /** The longest pause between two samples that is not unknown time; never shorter than the other. */
  longestPauseMs: number
  shortestPauseMs: number
  /** How long trouble lasts before it becomes an incident, and wellness before that is resolved. */
  openAfterMs: number
  resolveAfterMs: number
  /** More changes than this within this time are one incident, until nothing has changed for as long as `quietMs`. */
  flapping: { changes: number; withinMs: number; quietMs: number }
  /** So many intervals without a pass, and the page cannot confirm its state. */
  staleAfter: number
  components: (Named & {
    signal: 'measured' | 'declared'
    checks: number
    /** Passes in a row that have to agree, and how often they are made; absent without checks. */
    confirm?: number
    intervalMs?: number
    /** How many vantage points must agree while all of them know; absent where there is one. */
    quorum?: number
    since?: Instant
  })[]
  /** Who looks. */
  vantagePoints: (Named & { region?: string })[]
  regions: { name: string; writers: string[] }[]
  /** Of the last 365 days, newest first. */
  corrections: (CorrectionView & { components: Named[] })[]
  /** The component with the most downtime in 90 days, in whole minutes; absent where nothing counts yet. */
  example?: {
    component: Named
    percent: string
    downMinutes: number
    wholeMinutes: number
    unknownMinutes: number
    maintenanceMinutes: number
  }
}

export interface NotFoundView {
  chrome: Chrome
  /** Absolute path that the site is served under, with a slash at its end: this page may be shown at any depth. */
  base: string
}
