/**
 * Two comforts for those who read with JavaScript; the page is whole without them.
 *
 * Strips: a native range input over each, so that arrows, Home and End, touch and assistive technology work as the
 * platform does it. What a day was is read from the table the page holds anyway.
 *
 * Times: shown in the reader's zone, with UTC one press away; the choice is remembered.
 */
;(() => {
  const html = document.documentElement
  const lang = html.lang === 'en' ? 'en-GB' : html.lang

  const dayNames = new Intl.DateTimeFormat(lang, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })
  for (const strip of document.querySelectorAll<HTMLElement>('.strip')) {
    const table = strip.parentElement?.querySelector('table[data-last]')
    const reading = strip.parentElement?.querySelector('.reading')
    const { name = '', quiet = '' } = strip.dataset
    const last = Date.parse((table as HTMLElement | null)?.dataset['last'] ?? '')
    const count = Number((table as HTMLElement | null)?.dataset['count'])
    if (!reading || !count) continue
    const resting = reading.textContent

    const rows: string[] = []
    for (const row of table?.querySelectorAll<HTMLElement>('tbody tr[class]') ?? []) {
      const day = row.querySelector('time')?.dateTime
      const only = day === undefined ? undefined : count - 1 - (last - Date.parse(day)) / 864e5
      const [first = 0, end = first] =
        only !== undefined ? [only] : (row.dataset['c'] ?? '').split('-').map(Number)
      const [name, ...rest] = [...row.children].map((cell) => cell.textContent?.trim())
      for (let i = first; i <= end; i++) rows[i] = `${name}: ${rest.filter(Boolean).join(', ')}`
    }
    const input = document.createElement('input')
    Object.assign(input, {
      type: 'range',
      min: '0',
      max: String(count - 1),
      value: String(count - 1),
      className: 'scrub',
    })
    input.setAttribute('aria-label', name)

    const say = () => {
      const index = Number(input.value)
      const text = rows[index] ?? `${dayNames.format(last - (count - 1 - index) * 864e5)}: ${quiet}`
      reading.textContent = text
      input.setAttribute('aria-valuetext', text)
      strip.style.setProperty('--x', String((index + 0.375) / count))
      strip.classList.add('on')
    }
    const rest = () => {
      strip.classList.remove('on')
      reading.textContent = resting
    }
    input.addEventListener('input', say)
    input.addEventListener('focus', say)
    input.addEventListener('blur', rest)
    input.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return
      const box = input.getBoundingClientRect()
      const share = (event.clientX - box.left) / box.width
      const along = getComputedStyle(strip).direction === 'rtl' ? 1 - share : share
      input.value = String(Math.floor(along * count))
      say()
    })
    input.addEventListener('pointerleave', () => {
      if (document.activeElement !== input) rest()
    })
    say()
    rest()
    strip.append(input)
  }

  const note = document.getElementById('zone')
  const zoneName = (at: number) =>
    new Intl.DateTimeFormat(lang, { timeZoneName: 'short' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const times = () => [...document.querySelectorAll<HTMLTimeElement>('time[datetime*=T]')]
  const printed = new WeakMap<Element, string>()
  const offset = (time: HTMLTimeElement) => new Date(time.dateTime).getTimezoneOffset()

  const localise = (time: HTMLTimeElement) => {
    const at = new Date(time.dateTime)
    const form = time.dataset['f'] ?? ''
    const moved = at.getDate() !== at.getUTCDate()
    const day = moved || form.includes('d')
    return new Intl.DateTimeFormat(lang, {
      ...(day && { weekday: 'short', day: 'numeric', month: 'short' }),
      ...(form.includes('y') && { year: 'numeric' }),
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(form.includes('s') && { second: '2-digit' }),
      timeZoneName: 'short',
    } as Intl.DateTimeFormatOptions).format(at)
  }

  const choice = {
    get: () => {
      try {
        return localStorage.getItem('candor-times')
      } catch {
        return null // storage may be refused; then the choice lasts as long as the page
      }
    },
    set: (value: string) => {
      try {
        localStorage.setItem('candor-times', value)
      } catch {
        // as above
      }
    },
  }

  if (!note || !times().some(offset)) return
  const text = note.textContent
  const words = document.createElement('span')
  const button = document.createElement('button')
  button.type = 'button'
  note.replaceChildren(words, ' ', button)
  let local = choice.get() !== 'utc'
  const show = () => {
    for (const time of times()) {
      if (!printed.has(time)) printed.set(time, time.textContent ?? '')
      time.textContent = local ? localise(time) : (printed.get(time) ?? '')
    }
    words.textContent = local ? (note.dataset['local'] ?? '') : text
    button.textContent = local
      ? (note.dataset['utc'] ?? '')
      : (note.dataset['show'] ?? '').replace('{}', zoneName(Date.parse(times()[0]?.dateTime ?? '')))
  }
  button.addEventListener('click', () => {
    local = !local
    choice.set(local ? 'local' : 'utc')
    show()
  })
  // The live script changes a time's UTC text and says so; it knows nothing of zones.
  document.addEventListener('candor:time', (event) => {
    printed.delete(event.target as Element)
    show()
  })
  show()
})()
