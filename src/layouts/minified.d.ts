/** What `astro.config.ts` makes of a script: its minified text. */
declare module '*?minified' {
  const text: string
  export default text
}
