declare namespace App {
  interface Locals {
    /** What the route shows, made by `src/derive`; each page narrows it to its own view. */
    view: unknown
  }
}
