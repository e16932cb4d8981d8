import { describe, expect, it } from 'vitest';
import type { KeyRing, RingKey } from '../../src/spi/key-ring.ts';
import { buildKeyRing, parseKeyRing, readKeyCertificate } from '../../src/wire/key-ring-file.ts';
import { FAKE_START } from '../support/fake-clock.ts';
import { makeKeyPair } from '../support/keys.ts';

const pair = makeKeyPair('rsa');
const { notBeforeAt: _notBeforeAt, ...facts } = readKeyCertificate(pair.certificatePem);
const key: RingKey = {
  ...facts,
  ...{ side: 'idp', use: 'signing', place: { in: 'vault', block: 'saml-keys', attribute: facts.id } },
  ...{ addedAt: FAKE_START, publishedAt: FAKE_START + 1 },
};
const ring: KeyRing = {
  revision: 7,
  keys: [key],
  activations: [{ key: key.id, partner: 'urn:sp', at: FAKE_START + 2, orderedAt: FAKE_START, forced: true }],
};
const text = buildKeyRing(ring);

function problemOf(changed: string): string {
  const reading = parseKeyRing(changed);
  return 'problem' in reading ? reading.problem : 'none';
}
const written = JSON.parse(text);
const changed = (change: object) => JSON.stringify({ ...written, ...change });

describe('the file of a key ring', () => {
  it('holds a ring as it was', () => {
    const reading = parseKeyRing(text);
    expect(reading).toMatchObject({ ring: { ...ring, keys: [{ ...key, certificate: expect.anything() }] } });
  });

  it('is for people: instants in words, certificates that openssl reads', () => {
    expect(text).toContain('"added": "2026-01-01T00:00:00.000Z"');
    expect(JSON.parse(text).keys[0].certificate).toContain('-----BEGIN CERTIFICATE-----\n');
  });

  it.each([
    ['cut off', text.slice(0, -20), 'cut off'],
    ['empty', '', 'cut off'],
    ['of a newer version', changed({ version: 2 }), 'of a newer Gatehouse'],
    ['with a word that is not known', changed({ keyz: 1 }), 'it is not a key ring'],
    ['without a key', changed({ keys: [] }), 'it is not a key ring'],
    [
      'with another certificate under the id',
      text.replace(pair.certificatePem.split('\n')[1]!, makeKeyPair('ec').certificatePem.split('\n')[1]!),
      'is another one',
    ],
    ['with a key twice', changed({ keys: [...written.keys, ...written.keys] }), 'is there twice'],
    ['that activates a stranger', text.replace(`"key": "${key.id}"`, '"key": "0123456789abcdef"'), 'that is not there'],
  ])('is refused %s', (_, bad, problem) => {
    expect(problemOf(bad)).toContain(problem);
  });
});
