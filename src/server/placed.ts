/** @module Faults of a start say on which line of the configuration stands what could not be made. */
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { GatehouseError } from '../spi/errors.ts';

/** @throws what `make` throws; a GatehouseError with `configured` among its facts, as in `gatehouse.yaml:12`. */
export async function madeFrom<T>({ file, line }: ConfigurationPlace, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const facts = { ...error.facts, configured: `${file}:${line}` };
    throw new GatehouseError(error.code, error.message, { cause: error, facts });
  }
}
