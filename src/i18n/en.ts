import { phaseWord, severities, statuses } from '../model/status.ts'
import type { Severity, Status, UpdatePhase } from '../model/status.ts'

/**
 * Every word the pages say, in English: the catalogue that other languages are typed by. A message that holds a value is
 * a function, so that a language may order and inflect it as it likes. Words of the domain come from the model.
 */
export const en = {
  /** What numbers are written by. */
  locale: 'en',
  weekdays: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  longMonths: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  utc: 'UTC',
  underAMinute: 'under 1 min',
  minutes: (n: number) => `${String(n)} min`,
  hours: (n: number) => `${String(n)} h`,
  days: (n: number) => (n === 1 ? '1 day' : `${String(n)} days`),
  /** `A, B and C` */
  list: (items: string[]) =>
    items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`,
  more: (n: number) => `${String(n)} more`,

  status: (status: Status): string => statuses[status].word,
  /** The status inside a sentence. */
  statusInline: (status: Status): string => statuses[status].word.toLowerCase(),
  phase: (phase: UpdatePhase) => phaseWord(phase),
  severity: (severity: Severity) => `${severities[severity].word} incident`,

  verdict: {
    /** Headline English leaves the verb out, so the same words fit one component or ten, singular or plural. */
    clause: {
      major_outage: (who: string) => `${who} down`,
      partial_outage: (who: string) => `${who} partly down`,
      degraded: (who: string) => `${who} degraded`,
      under_review: (who: string) => `${who} under review`,
      under_maintenance: (who: string) => `${who} under maintenance`,
    } as Partial<Record<Status, (who: string) => string>>,
    noData: (who: string) => `No data for ${who}.`,
    all: (n: number) => `All ${String(n)} components`,
    openIncidents: (titles: string, n: number) => `Open incident${n === 1 ? '' : 's'}: ${titles}.`,
    unread: (n: number) =>
      n === 1
        ? 'An incident was posted but could not be read fully.'
        : `${String(n)} incidents were posted but could not be read fully.`,
    allWell: 'All systems are working normally.',
    allWellThen: 'all systems were working normally.',
    nothingReported: 'No problems are reported.',
    nothingMeasured: 'Nothing has been measured yet.',
    nothingPublished: 'No state has been published yet.',
    noComponents: 'No components are listed yet.',
    notConfirmed: 'We cannot confirm the current state.',
    lastKnownAt: (at: string, what: string) => `Last known at ${at}: ${what}`,
    lastKnown: (what: string) => `Last known: ${what}`,
    lastCheckedAt: (at: string) => `Last checked at ${at}.`,
  },
  title: {
    site: (name: string) => (/\bstatus$/i.test(name) ? name : `${name} status`),
    page: (what: string, site: string) => `${what} — ${site}`,
    trouble: (status: string, who: string) => `${status}: ${who}`,
    incident: (title: string) => `Incident: ${title}`,
    allWell: 'All systems normal',
    nothingReported: 'No problems reported',
    notConfirmed: 'State not confirmed',
    unread: 'Incident posted',
    noData: 'No data yet',
  },

  skip: 'Skip to the content',
  statusWord: 'status',
  nav: { label: 'Site', history: 'History', subscribe: 'Subscribe' },
  sampleBanner: 'This page shows an example: nothing on it is the record of a real service.',
  sampleTag: 'Example',
  counts: (operational: number, total: number) =>
    operational === total
      ? total === 1
        ? 'The one component is working normally.'
        : `All ${String(total)} components are working normally.`
      : total === 1
        ? ''
        : operational === 0
          ? `None of ${String(total)} components is working normally.`
          : `${String(operational)} of ${String(total)} components ${operational === 1 ? 'is' : 'are'} working normally.`,
  freshness: {
    checked: 'Checked',
    notChecked: 'Not checked yet',
    built: 'page built',
    builtOnly: 'Page built',
    every: (interval: string) => `Checks run every ${interval}.`,
    declaredOnly: 'Nothing is measured here: people declare this state.',
    stale: 'The checks are late.',
  },
  live: { show: 'Show update', changed: 'The status changed:' },

  now: {
    heading: 'Happening now',
    started: 'Started',
    resolved: 'Resolved',
    detected: 'Noticed',
    lasted: (duration: string) => `Lasted ${duration}`,
    firstPosted: (duration: string) => `posted ${duration} after the start`,
    nextUpdateBy: 'Next update by',
    overdueSince: 'Update overdue since',
    eta: 'Expected to be fixed by',
    automated: 'written by the probes, not yet confirmed by a person',
    notReadFully: 'This was posted but could not be read fully. What could be read is shown.',
    unread: 'This was posted but could not be read fully.',
    noUpdates: 'No update has been posted yet.',
    checksFail: 'Checks have failed since',
    checksSlow: 'Checks have been slow or failing since',
    notConfirmed: 'A person has not confirmed this yet.',
    permalink: (title: string) => `link to this update of ${title}`,
    worst: 'At its worst',
    retracted: 'Retracted',
    mergedInto: 'Continued in',
    splitFrom: 'Split from',
    source: 'Originally published here',
  },

  components: {
    heading: 'Components',
    key: (from: string, to: string) =>
      `${from} to ${to}, one mark for every UTC day: the higher, the longer the trouble; dotted where nothing is known.`,
    declared: 'Declared',
    measured: 'Measured',
    since: 'since',
    checkedAt: 'checked',
    /** What was measured at the last check, on a page whose checks are late. */
    then: (status: string): string => `then ${status}`,
    latency: (ms: number) => `${String(ms)} ms`,
    unstable: (n: number, within: string) => `Unstable: ${String(n)} changes within ${within}, the last`,
  },
  vantage: {
    heading: 'From each place',
    rule: 'Each place looks for itself. What too few of them see is shown here and not counted.',
    place: 'Place',
    sees: 'What it sees',
    /** `Frankfurt (eu-1)` */
    who: ({ id, name }: { id: string; name: string }) => (name === id ? name : `${name} (${id})`),
    /** Before the time since when; what follows says that it does not count. */
    against: (status: Status, who: string) =>
      status === 'major_outage' ? `Unreachable from ${who}` : `${statuses[status].word} from ${who}`,
    notCounted: 'not counted',
  },
  strip: {
    label: (name: string, facts: string) => `${name}, last 90 days: ${facts}.`,
    percent: (percent: string, source: string) => `${percent}% uptime ${source}`,
    measured: 'as measured',
    declared: 'as declared',
    insufficient: 'insufficient data',
    noData: 'no data yet',
    trouble: (n: number) =>
      n === 0 ? 'no days with trouble' : n === 1 ? '1 day with trouble' : `${String(n)} days with trouble`,
    maintenance: (n: number) => (n === 1 ? '1 day of maintenance' : `${String(n)} days of maintenance`),
    unknown: (n: number) => (n === 1 ? '1 day without data' : `${String(n)} days without data`),
    longest: (duration: string, day: string) => `longest ${duration} on ${day}`,
    over: 'over 90 days',
    sinceDay: (day: string) => `since ${day}`,
    today: 'today',
    inspect: (name: string) => `Inspect a day, ${name}`,
    caption: (name: string) => `${name}: days that were not quiet`,
    day: 'Day (UTC)',
    state: 'State',
    duration: 'Duration',
    known: (percent: number) => `known for ${String(percent)}% of the time`,
  },

  upcoming: { heading: 'Coming up' },
  maintenance: {
    overrun: 'Running past its planned end at',
    extended: 'Extended; planned end was',
    emergency: 'Emergency maintenance',
    planned: 'Planned maintenance',
    reason: 'Reason',
  },
  past: {
    heading: 'Past 14 days',
    none: 'No incidents.',
    all: 'All incidents and uptime history',
    resolvedAfter: (duration: string) => `Resolved after ${duration}`,
  },
  subscribe: { heading: 'Subscribe', rss: 'RSS feed', json: 'JSON', note: 'Every update, as it is posted.' },
  footer: {
    utc: 'All times and days are UTC.',
    local: (zone: string) => `Show times in ${zone}`,
    localNow: 'Times are yours; days and strips are UTC.',
    showUtc: 'Show UTC',
    made: 'Made with Candor',
    api: 'status.json',
    methodology: 'How uptime is counted',
  },

  metric: {
    heading: 'Metrics',
    hours: 'Last 24 hours',
    days: 'Last 90 days, each day’s mean',
    value: (text: string, unit?: string) => (unit === undefined ? text : `${text} ${unit}`),
    state: {
      none: ' ',
      well: ', as it should be, ',
      warn: ', out of its usual range, ',
      crit: ', far out of its usual range, ',
    },
    none: 'No recent value.',
    trend: (percent: number) =>
      percent === 0
        ? ' The last 7 days are like the 7 before.'
        : ` The last 7 days are ${String(Math.abs(percent))}% ${percent > 0 ? 'above' : 'below'} the 7 before.`,
    label: (name: string, period: string, bottom: string, top: string) =>
      `${name}, ${period}: between ${bottom} and ${top}.`,
    key: (bottom: string, top: string) => `Bottom: ${bottom}. Top: ${top}.`,
    table: 'Every day',
    min: 'Least',
    avg: 'Mean',
    max: 'Most',
  },

  response: {
    heading: 'How it answered',
    period: 'Period',
    failed: 'Checks that failed',
    perDay: 'Checks a day',
    days: (days: number, seen: number) =>
      seen === days ? `${String(days)} days` : `${String(seen)} of ${String(days)} days`,
    share: (percent: string) => `${percent}%`,
    trend: (percent: number) =>
      percent === 0
        ? 'Of the last 7 days, the slow answers (p95) took as long as in the 7 before.'
        : `Of the last 7 days, the slow answers (p95) took ${String(Math.abs(percent))}% ${percent > 0 ? 'longer' : 'less long'} than in the 7 before.`,
  },

  component: {
    uptime: 'Uptime',
    window: {
      '24h': '24 hours',
      '1d': '24 hours',
      '7d': '7 days',
      '30d': '30 days',
      '60d': '60 days',
      '90d': '90 days',
      '365d': 'A year',
      '1y': 'A year',
    } as Record<string, string>,
    days: 'Last 90 days',
    checks: 'What is checked',
    latency: 'Response time',
    latencyLabel: (n: number, from: string, to: string, p50: string, p95: string) =>
      `Response times of ${String(n)} measured days, ${from} to ${to}: on the newest day half were faster than ${p50} and 95% faster than ${p95}.`,
    latencyTable: 'Every measured day',
    latencyKey: (top: string) => `Thick: 95% were faster. Thin: half were faster. Top: ${top}.`,
    incidents: 'Incidents of the last 90 days',
    noIncidents: 'No incidents in the last 90 days.',
    maintenance: 'Maintenance',
    back: 'All components',
  },
  account: {
    caption: 'Uptime by each signal',
    note: 'The figure beside the name is the measured one. Reconciled counts the worse of both signals at each moment.',
    window: 'Window',
    measured: 'Measured',
    declared: 'Declared',
    reconciled: 'Reconciled',
  },
  methodology: {
    heading: 'How uptime is counted',
    lead: 'Every rule behind the figures of this page, with the numbers that hold here. Anyone can recompute them from the files.',
    formulaHeading: 'The formula',
    formula: 'uptime = 1 − Σ w·t / (T − unknown − maintenance)',
    formulaWords:
      't is the time in each status within the window T, and w the share of it that counts as downtime. Time of which nothing is known is in neither part of the fraction.',
    status: 'Status',
    weight: 'Counts as downtime',
    share: (weight: number) => `${String(Math.round(weight * 1e5) / 1e3)}%`,
    example: (
      name: string,
      [down, whole, unknown, maintenance]: readonly [
        down: number,
        whole: number,
        unknown: number,
        maintenance: number,
      ],
      percent: string,
    ) =>
      `${name}, 90 days, in minutes: 1 − ${String(down)} / (${String(whole)} − ${String(unknown)} unknown − ${String(maintenance)} maintenance), counted in milliseconds, is ${percent}%.`,
    windowsHeading: 'Windows and rounding',
    windows: (windows: string) =>
      `Figures are given for ${windows}. All but the first are whole UTC days, today so far included; months are UTC months.`,
    rounding: (decimals: number) =>
      `Figures are rounded down to ${String(decimals)} decimals; 100% stands only where there was no downtime at all. A group and the page have the mean of their components that have data.`,
    coverage: (percent: number) =>
      `A figure is no record where less than ${String(percent)}% of its window is known: it is marked as insufficient data.`,
    signalsHeading: 'Two signals',
    signals:
      'A component that is measured is counted by its measurements: what people declare does not change its figure. One that was never measured is counted by what people declared. Reconciled, beside both, counts the worse of the two at each moment; where measuring is unknown, declared trouble counts, and otherwise the time stays unknown.',
    measuringHeading: 'From checks to time',
    confirm:
      'Confirmation: a change counts when so many passes in a row agree as stand below, from the first of them on. One bad pass between good ones is not counted.',
    booking: 'Booking: a change lies between two passes, and is booked at the middle.',
    gap: (pause: string, shortest: string) =>
      `Gaps: when two passes are more than ${pause} apart (three intervals, at least ${shortest}), the time between, but for half an interval around each, is unknown. It is never counted as up.`,
    stale: (intervals: number) =>
      `Lateness: after ${String(intervals)} intervals without a pass the page says that it cannot confirm its state.`,
    flapping: (changes: number, within: string, quiet: string) =>
      `Flapping: more than ${String(changes)} changes within ${within} are one unstable incident, until nothing has changed for ${quiet}. In the figures each confirmed change counts for as long as it lasted.`,
    incidents: (open: string, resolve: string) =>
      `Incidents: trouble that lasts ${open} is proposed as an incident, and resolved after ${resolve} without any. This moves no measured figure.`,
    quorum: (writers: number) =>
      writers < 2
        ? 'Quorum: one vantage point looks, and decides alone.'
        : `Quorum: ${String(writers)} vantage points look. At each moment a component is as bad as so many of them agree that it is at least as stand below; where fewer know than are asked for, all of those.`,
    maintenanceHeading: 'Planned work',
    maintenanceOut:
      'Maintenance is left out of the account only if it was announced before it began, up to its planned end or an end that was announced before that. The announcement is its oldest update, or else the day in the name of its file.',
    maintenanceIn: 'Maintenance is counted as whatever was measured or declared during it.',
    correctionsHeading: 'Corrections in force',
    noCorrections: 'None in the last 365 days.',
    corrections:
      'Where a probe was wrong, a file in git says so with its reason. The history itself is not changed.',
    componentsHeading: 'Components',
    component: 'Component',
    signal: 'Counted by',
    confirmShort: 'Confirmed by passes',
    quorumShort: 'Quorum',
    every: 'Every',
    vantageHeading: 'Vantage points',
    api: 'The same for machines',
  },
  correction: {
    heading: 'Corrected measurements',
    /** What counts instead of what was measured, and whose measurements were wrong. */
    countsAs: (status: Status, writer: string | undefined): string => {
      const counts =
        status === 'unknown' ? 'not counted' : `counted as ${statuses[status].word.toLowerCase()}`
      return writer === undefined ? counts : `what ${writer} measured is ${counts}`
    },
  },
  history: {
    heading: 'History',
    lead: 'Every incident and every planned window, by month.',
    empty: 'Nothing is recorded yet.',
    incidents: (n: number) => (n === 0 ? 'no incidents' : n === 1 ? '1 incident' : `${String(n)} incidents`),
    maintenance: (n: number) => (n === 1 ? '1 planned window' : `${String(n)} planned windows`),
    months: 'Months',
    noneInMonth: 'Nothing began in this month.',
    days: 'Day by day',
    uptime: 'Uptime in this month',
    component: 'Component',
    share: 'Uptime',
    all: 'All months',
  },
  notFound: {
    heading: 'There is no page here.',
    text: 'The address may be mistyped, or the page may have moved. Incidents keep their address for good.',
    home: 'Current status',
  },
}

export type Messages = typeof en
