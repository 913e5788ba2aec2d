/** How many rows of a result are read and counted; a check is not the place for more. */
export const MAX_ROWS = 1_000

/**
 * A number that a database has sent as text, as a number where nothing is lost by that, else as the text it came as:
 * whole numbers up to 2⁵³, others up to the 15 digits that a double keeps.
 */
export function numberWhereSafe(text: string): number | string {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) return text
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number) ? number : text
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '')
  return digits.length <= 15 ? number : text
}
