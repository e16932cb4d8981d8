import { describe, expect, it } from 'vitest';
import { createKeySightings, maxSightedPartners } from '../../src/engine/key-sightings.ts';
import { createFakeClock, FAKE_START as start } from '../support/fake-clock.ts';

function open() {
  const clock = createFakeClock();
  return { clock, sightings: createKeySightings(clock) };
}

describe('what is known of partners and our keys', () => {
  it('is when something was signed for whom with which key, and when that was confirmed', () => {
    const { clock, sightings } = open();
    sightings.signed('urn:sp', 'aaaa');
    clock.advance(5);
    sightings.confirmed('urn:sp', 'aaaa');
    sightings.signed('urn:sp', 'bbbb');
    expect(sightings.snapshot().partners['urn:sp']).toEqual({
      keys: { aaaa: { signedAt: start, confirmedAt: start + 5 }, bbbb: { signedAt: start + 5 } },
    });
  });

  it('keeps a confirmation when more is signed', () => {
    const { clock, sightings } = open();
    sightings.confirmed('urn:sp', 'aaaa');
    clock.advance(1000);
    sightings.signed('urn:sp', 'aaaa');
    expect(sightings.snapshot().partners['urn:sp']?.keys).toEqual({
      aaaa: { signedAt: start + 1000, confirmedAt: start },
    });
  });

  it('takes a name in an address only of a partner that is known: nobody fills the table from outside', () => {
    const { sightings } = open();
    sightings.fetched('urn:stranger');
    sightings.fetched(undefined);
    sightings.verified('urn:sp');
    sightings.fetched('urn:sp');
    expect(sightings.snapshot()).toEqual({
      partners: { 'urn:sp': { keys: {}, verifiedAt: start, fetchedAt: start } },
      fetches: { count: 2, lastAt: start },
    });
  });

  it('forgets the partner that was seen longest ago when there are too many', () => {
    const { sightings } = open();
    for (let index = 0; index < maxSightedPartners; index += 1) sightings.verified(`urn:${index}`);
    sightings.verified('urn:0');
    sightings.verified('urn:one-more');
    const names = Object.keys(sightings.snapshot().partners);
    expect([names.length, names.includes('urn:0'), names.includes('urn:1')]).toEqual([maxSightedPartners, true, false]);
  });

  it('forgets the keys of long ago', () => {
    const { sightings } = open();
    for (let index = 0; index < 20; index += 1) sightings.signed('urn:sp', `key${index}`);
    expect(Object.keys(sightings.snapshot().partners['urn:sp']?.keys ?? {})).toEqual(
      Array.from({ length: 8 }, (_, index) => `key${index + 12}`),
    );
  });

  it('goes on from what was known', () => {
    const { clock, sightings } = open();
    sightings.verified('urn:sp');
    expect(createKeySightings(clock, sightings.snapshot()).snapshot()).toEqual(sightings.snapshot());
  });
});
