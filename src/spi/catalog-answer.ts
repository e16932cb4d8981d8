/** @module What the catalogue says to a name. */

/** `later`: a name that JBoss or a later version knows, and this one does not. `undefined`: no such name. */
export type CatalogAnswer<T> = T | 'later' | undefined;

/** The plug-ins of one kind. */
export interface PlugIns<T> {
  /** By code or old class name, in any case. */
  find(code: string): CatalogAnswer<T>;
  /** To the letter: what a misspelt code may have meant. */
  codes(): readonly string[];
  /** Why a code that names a module of the operator's own has no answer. */
  problem?(code: string): string | undefined;
}
