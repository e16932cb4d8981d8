/** @module A real truststore over files in memory, at a fake clock. */
import { openTruststore, type TruststoreParts, type TruststoreSettings } from '../../src/adapters/pki/truststore.ts';
import type { Clock } from '../../src/spi/clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { MemoryFiles } from './plugin-services.ts';

/** Within the dates of the certificates of the tests. */
export const certificateTestTime = Date.UTC(2026, 0, 1);

export async function truststoreOver(
  texts: Readonly<Record<string, string>>,
  settings: Partial<TruststoreSettings>,
  parts: Partial<TruststoreParts> & { readonly now?: () => number } = {},
) {
  const files = new MemoryFiles(texts);
  const clock: Clock = { now: parts.now ?? (() => certificateTestTime), timer: () => 0 };
  const store = await openTruststore(
    {
      name: 'other',
      certificates: [],
      intermediates: [],
      entries: {},
      crl: [],
      crlHosts: [],
      revocationScope: 'chain',
      ...settings,
    },
    { watchFile: files.watchFile, watchBytes: files.watchBytes, clock, random: createFakeRandom(), ...parts },
  );
  return { store, files };
}
