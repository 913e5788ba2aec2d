/**
 * Keeps an open page honest: asks for `status.json` about once a minute while it is visible, corrects the line that
 * says when was last checked, and says when that is too long ago or when something changed. It never reloads the page
 * and never moves the focus. The time it compares with is the server's, as a reader's clock may be wrong: no earlier than
 * when the page was built, and no earlier than any answer said, each counted on from then. So a page that can ask nobody
 * grows old as well, and an answer out of a cache turns nothing back.
 */
// Opened from a disk, a page has nobody to ask.
if (location.protocol !== 'file:')
  (() => {
    const html = document.documentElement
    const region = document.getElementById('live')
    const verdict = document.querySelector<HTMLElement>('[data-stale]')
    const sentence = verdict?.querySelector<HTMLElement>('[data-say]')
    const mark = verdict?.querySelector('use')
    const built = {
      text: sentence?.textContent ?? '',
      mark: mark?.getAttribute('href') ?? '',
      title: document.title,
    }

    const checked = document.getElementById('checked')
    const time = checked?.querySelector('time')
    let last: State = {
      generated_at: html.dataset['built'],
      version: html.dataset['version'],
      sentence: built.text,
      checked_at: time?.dateTime,
      interval_seconds: Number(checked?.dataset['interval']),
    }
    let announced = last.version
    /** What the server's clock is ahead of the page's own; it only grows. */
    let ahead = Date.parse(last.generated_at ?? '') - performance.now()
    let asked = -Infinity

    const clock = (at: string) => `${at.slice(11, 16)} UTC`

    const ask = async () => {
      asked = performance.now()
      try {
        const response = await fetch(`${html.dataset['root'] ?? ''}status.json`, { cache: 'no-cache' })
        const date = Date.parse(response.headers.get('date') ?? '')
        if (date) ahead = Math.max(ahead, date - performance.now())
        const state = response.ok ? ((await response.json()) as State) : last
        if (!(state.generated_at && last.generated_at && state.generated_at < last.generated_at)) last = state
      } catch {
        // Offline, or the server is away: what is known grows old, which `judge` says.
      }
      tell(last)
      judge()
    }

    const tell = (state: State) => {
      if (time && state.checked_at && Date.parse(state.checked_at) > Date.parse(time.dateTime)) {
        time.dateTime = state.checked_at
        time.textContent = clock(state.checked_at)
        time.dispatchEvent(new Event('candor:time', { bubbles: true }))
      }
      if (!region || state.version === announced) return
      announced = state.version
      const link = document.createElement('a')
      link.href = location.pathname
      link.textContent = region.dataset['show'] ?? ''
      region.replaceChildren(`${region.dataset['changed'] ?? ''} ${state.sentence} `, link)
    }

    const judge = () => {
      const now = performance.now() + ahead
      for (const promise of document.querySelectorAll<HTMLElement>('[data-by]')) {
        if (now > Date.parse(promise.dataset['by'] ?? ''))
          promise.textContent = promise.dataset['overdue'] ?? ''
      }
      if (!last.checked_at || !last.interval_seconds || !verdict || !sentence) return
      const stale = now - Date.parse(last.checked_at) > 3000 * last.interval_seconds
      const { unsure = '', stale: words = '', title = '' } = verdict.dataset
      const known = last.version === html.dataset['version'] ? built.text : last.sentence
      const late = () =>
        known.startsWith(unsure)
          ? known
          : `${unsure} ${words.replace('{time}', clock(last.checked_at ?? '')).replace('{state}', () => known)}`
      const text = stale ? late() : built.text
      html.classList.toggle('stale', stale)
      if (sentence.textContent === text) return
      sentence.textContent = text
      mark?.setAttribute('href', stale ? '#s-unk' : built.mark)
      document.title = stale ? title : built.title
    }

    const again = () => {
      if (document.visibilityState === 'visible' && performance.now() - asked > 45e3) void ask()
      else judge()
    }
    const wait = () =>
      setTimeout(
        () => {
          again()
          wait()
        },
        6e4 * (0.8 + 0.4 * Math.random()),
      )
    document.addEventListener('visibilitychange', again)
    again()
    wait()

    interface State {
      generated_at: string | undefined
      version: string | undefined
      sentence: string
      checked_at?: string | undefined
      interval_seconds?: number
    }
  })()
