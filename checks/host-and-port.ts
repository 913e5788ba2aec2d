/** Takes `db.example.com:5432` or `[2001:db8::1]:5432` apart; the model has made sure of the form. */
export function hostAndPort(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) }
}
