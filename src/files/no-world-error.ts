/** A folder that is no world: there is nothing to show. */
export class NoWorldError extends Error {}
