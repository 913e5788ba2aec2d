import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core'

let launched: Promise<Browser> | undefined

/**
 * A page in a context of its own, in the one Chromium that this process launches. Close it with
 * `page.context().close()`, and the browser with {@link closeBrowser}.
 */
export async function newPage(options: PageOptions = {}): Promise<Page> {
  const { scheme = 'light', width = 1280, height = 900, ...rest } = options
  const context: BrowserContext = await (
    await browser()
  ).newContext({
    colorScheme: scheme,
    viewport: { width, height },
    ...rest,
  })
  return context.newPage()
}

/** Ends the Chromium that {@link newPage} launched, if it did. */
export async function closeBrowser(): Promise<void> {
  const browser = await launched
  launched = undefined
  await browser?.close()
}

interface PageOptions {
  scheme?: 'light' | 'dark'
  /** CSS pixels. */
  width?: number
  height?: number
  javaScriptEnabled?: boolean
  deviceScaleFactor?: number
  /** IANA name of the reader's zone. */
  timezoneId?: string
  locale?: string
  forcedColors?: 'active' | 'none'
  reducedMotion?: 'reduce' | 'no-preference'
  contrast?: 'more' | 'no-preference'
}

// The packaged flags suit a lambda: one process for everything dies with the first closed context, and switching off
// web security would hide what the page's own policy forbids.
const unwanted = [
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--allow-running-insecure-content',
]

function browser(): Promise<Browser> {
  launched ??= chromium.executablePath().then((executablePath) =>
    playwright.launch({
      executablePath,
      args: chromium.args.filter((arg) => !unwanted.includes(arg)),
      headless: true,
    }),
  )
  return launched
}
