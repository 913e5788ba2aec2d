/** What `astro.config.ts` makes of a script: its minified text. */
declare module '*?minified' {
  const text: string
  export default text
}

/** Vite's: a style sheet as text. Declared here too, because Vite's own types come only once Astro has run. */
declare module '*?inline' {
  const css: string
  export default css
}
