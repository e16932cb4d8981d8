/** @module What the catalogue says to a name. */

/** `later`: a name that JBoss or a later version knows, and this one does not. `undefined`: no such name. */
export type CatalogAnswer<T> = T | 'later' | undefined;
