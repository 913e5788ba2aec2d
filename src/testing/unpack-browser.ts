import chromium from '@sparticuz/chromium'

/** Unpacks the browser before any test asks for it: two that did so at once would start half of one. */
export default async function setup(): Promise<void> {
  await chromium.executablePath()
}
