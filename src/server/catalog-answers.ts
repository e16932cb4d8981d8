/** @module What the catalogue answers after the configuration has been checked against it. */
import type { CatalogAnswer, PlugIns } from '../spi/catalog-answer.ts';
import { GatehouseError } from '../spi/errors.ts';

/** The configuration has been checked against this very catalogue. @throws ERR_NOT_IN_THIS_VERSION where it has not */
export function found<T>(answer: CatalogAnswer<T>, name: string): T {
  if (answer === undefined || answer === 'later') {
    throw new GatehouseError('ERR_NOT_IN_THIS_VERSION', 'not in this version', { facts: { name } });
  }
  return answer;
}

/** Of a catalogue that was opened whole. */
export function everyPlugIn<T>(plugIns: PlugIns<T>): readonly T[] {
  return plugIns.codes().map((code) => found(plugIns.find(code), code));
}
