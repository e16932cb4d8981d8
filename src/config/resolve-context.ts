/** @module What resolving every part of the file has in common: places, absent fields, answers of a catalogue that was asked before. */
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { ConfigurationCatalog } from './configuration-catalog.ts';
import type { Path } from './problem.ts';

export type PlaceOf = (path: Path) => ConfigurationPlace;

export interface ResolveContext {
  readonly catalog: ConfigurationCatalog;
  readonly place: PlaceOf;
}

/** An optional field that is absent rather than `undefined`. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** The references have been checked; an unknown name would have ended the load before. */
export function known<T>(answer: CatalogAnswer<T>, otherwise: T): T {
  return answer === undefined || answer === 'later' ? otherwise : answer;
}
