/** @module What mechanisms ask of the house, in memory. */
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import type { MechanismServices } from '../../src/spi/http-mechanism.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { RecordingLogger } from './plugin-services.ts';

export function mechanismServices(): MechanismServices {
  const clock = createFakeClock();
  return {
    clock,
    random: createFakeRandom(),
    logger: new RecordingLogger(),
    ephemeral: createMemoryEphemeralStore({ clock }),
  };
}
