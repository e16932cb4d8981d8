/** @module Builds what login modules ask: databases, directories and truststores by name. */
import { createMemoryEphemeralStore } from '../adapters/memory-ephemeral-store.ts';
import type { Clock } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Closers } from './closers.ts';
import type { Stores } from './module-services.ts';

export interface StoresParts {
  readonly clock: Clock;
  readonly closers: Closers;
}

export async function buildStores(parts: StoresParts): Promise<Omit<Stores, 'realms'>> {
  const { clock, closers } = parts;
  return {
    ephemeral: closers.add(createMemoryEphemeralStore({ clock }), (store) => store.close()),
    datasources: new Map(),
    truststores: new Map(),
    openDirectory() {
      throw new GatehouseError('ERR_NOT_IN_THIS_VERSION', 'directories are not in this version');
    },
  };
}
