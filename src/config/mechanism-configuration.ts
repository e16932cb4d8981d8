/** @module A mechanism of an entrance, as the configuration names it. */
import type { ConfigurationPlace } from '../spi/decision-trace.ts';

/** Options as written, with secrets filled in; the factory's schema has accepted them and parses them again in `create`. */
export type RawOptions = Readonly<Record<string, unknown>>;

export interface MechanismConfiguration {
  /** As the catalogue spells it. */
  readonly name: string;
  readonly options: RawOptions;
  readonly place: ConfigurationPlace;
}
