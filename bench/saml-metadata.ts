/** @module Loading an aggregate of 10,000 entities, signature and all, next to the bare digest of its bytes; seconds, and megabytes kept. */
import { createHash } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadEntitySet } from '../src/metadata/entity-set.ts';
import { serviceProviders } from '../src/metadata/roles.ts';
import { createPartner } from '../src/protocols/saml-idp/partner.ts';
import { federation, signRoot } from '../test/support/federation.ts';
import { makeKeyPair } from '../test/support/keys.ts';
import { median, type Row, row } from './row.ts';

const entities = 10_000;
const rounds = 5;
const targetSeconds = 2;

export async function loadAggregate(): Promise<readonly Row[]> {
  const pair = makeKeyPair('rsa');
  const bytes = Buffer.from(signRoot(federation({ count: entities, certificate: pair }), pair));
  const load = () =>
    loadEntitySet(bytes, {
      pins: [pair.publicKey],
      role: serviceProviders((metadata) => createPartner(metadata, { sign: 'assertion', roleAttribute: 'Role' })),
      filter: { entityIds: [], registrationAuthorities: [] },
      check: 'each',
      pause,
    });
  const [ours, reference]: [number[], number[]] = [[], []];
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const sets: unknown[] = [];
  let kept = 0;
  for (let round = 0; round < rounds; round += 1) {
    collect();
    const before = process.memoryUsage();
    let begun = performance.now();
    const set = await load();
    ours.push((performance.now() - begun) / 1000);
    sets.push(set);
    collect();
    const after = process.memoryUsage();
    kept = (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / 1e6;
    if (set.entries.length !== entities) throw new Error('an entity is missing');
    begun = performance.now();
    createHash('sha256').update(bytes).digest();
    reference.push((performance.now() - begun) / 1000);
  }
  const size = `${(bytes.length / 1e6).toFixed(0)} MB`;
  const shared = { referenceIs: `SHA-256 of the ${size}`, reference: median(reference) };
  return [
    row({ ...shared, name: 'load-aggregate-10000', unit: 's', ours: median(ours), target: `<= ${targetSeconds} s` }),
    row({
      name: 'load-aggregate-memory',
      unit: 'MB',
      ours: kept,
      reference: bytes.length / 1e6,
      referenceIs: 'the document',
      target: '<= 2 × the document',
    }),
  ];
}
