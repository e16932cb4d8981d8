/** @module Keys and rings for tests, with certificates that say nothing unless a test asks. */
import type { KeyRing, RingKey } from '../../src/spi/key-ring.ts';
import { FAKE_START } from './fake-clock.ts';

export const hour = 3600_000;
export const day = 24 * hour;

/** `name` becomes the id, in hexadecimal digits. */
export function ringKey(name: string, changes: Partial<RingKey> = {}): RingKey {
  return {
    id: name.padEnd(16, '0'),
    side: 'idp',
    use: 'signing',
    family: 'rsa',
    certificate: new Uint8Array(),
    notAfterAt: FAKE_START + 365 * day,
    place: { in: 'file', path: `data/keys/ring/${name.padEnd(16, '0')}.key` },
    addedAt: FAKE_START,
    ...changes,
  };
}

/** One key that has signed for a year. */
export function firstRing(): KeyRing {
  const key = ringKey('aaaa', { publishedAt: FAKE_START - 365 * day });
  const since = FAKE_START - 365 * day;
  return { revision: 1, keys: [key], activations: [{ key: key.id, at: since, orderedAt: since }] };
}
