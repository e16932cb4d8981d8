import { describe, expect, it } from 'vitest';
import {
  activeKey,
  metadataLifetimeMs,
  openingKeys,
  pinsOf,
  publishedKeys,
  stateOf,
} from '../../src/engine/key-ring.ts';
import {
  type ActivateOptions,
  activateKey,
  addKey,
  eraseKey,
  maxPublishedKeys,
  publishKey,
  retireKey,
  type Step,
} from '../../src/engine/key-ring-steps.ts';
import type { KeyRing, RingKey } from '../../src/spi/key-ring.ts';
import { FAKE_START as start } from '../support/fake-clock.ts';
import { day, firstRing, hour, ringKey } from '../support/key-ring.ts';

const rsa = { side: 'idp', use: 'signing', family: 'rsa' } as const;
const [oldId, newId] = [ringKey('aaaa').id, ringKey('bbbb').id];
const wait = metadataLifetimeMs;

const keyIn = (ring: KeyRing, id: string): RingKey => ring.keys.find((key) => key.id === id)!;
function done(step: Step): KeyRing {
  if (step.status === 'made') return step.ring;
  throw new Error(`refused: ${step.reason}`);
}
const reasonOf = (step: Step) => (step.status === 'refused' ? step.reason : 'made');

const add = (ring: KeyRing, key: RingKey) => done(addKey(ring, key));
const publish = (ring: KeyRing, id: string, now: number) => publishKey(ring, keyIn(ring, id), { now, force: false });
const activate = (ring: KeyRing, id: string, now: number, more: Partial<ActivateOptions> = {}) =>
  activateKey(ring, keyIn(ring, id), { now, at: now, everyone: false, force: false, ...more });
const retire = (ring: KeyRing, id: string, now: number, force = false) =>
  retireKey(ring, keyIn(ring, id), { now, force });

/** A second key beside the first, published at the start. */
const published = () => done(publish(add(firstRing(), ringKey('bbbb')), newId, start));
/** And used by everybody since two weeks later. */
const rolled = () => done(activate(published(), newId, start + wait));

describe('a roll-over', () => {
  it('shows a new key to nobody before it is published', () => {
    const ring = add(firstRing(), ringKey('bbbb'));
    expect(stateOf(ring, keyIn(ring, newId), start)).toBe('pending');
    expect(publishedKeys(ring, 'idp', 'signing', start).map(({ id }) => id)).toEqual([oldId]);
  });

  it('publishes the new key behind the one that signs', () => {
    expect(publishedKeys(published(), 'idp', 'signing', start).map(({ id }) => id)).toEqual([oldId, newId]);
  });

  it('signs with the new key from the instant of its activation, and not a millisecond before', () => {
    const ring = done(activate(published(), newId, start, { at: start + wait }));
    const at = (now: number) => activeKey(ring, rsa, now)?.id;
    expect([at(start), at(start + wait - 1), at(start + wait)]).toEqual([oldId, oldId, newId]);
  });

  it('signs with the old key again where a clock is set back behind the instant', () => {
    expect(activeKey(rolled(), rsa, start + wait - 1)?.id).toBe(oldId);
  });

  it('keeps the old key in the metadata until it is retired', () => {
    const ring = rolled();
    const ids = (of: KeyRing, now: number) => publishedKeys(of, 'idp', 'signing', now).map(({ id }) => id);
    const later = start + wait + day;
    expect([ids(ring, later), ids(done(retire(ring, oldId, later)), later)]).toEqual([[newId, oldId], [newId]]);
  });

  it('goes back at once to the key from before, which everybody knows', () => {
    const ring = done(activate(rolled(), oldId, start + wait + hour));
    expect(activeKey(ring, rsa, start + wait + hour)?.id).toBe(oldId);
  });

  it('counts every change', () => {
    expect([firstRing().revision, published().revision, rolled().revision]).toEqual([1, 3, 4]);
  });

  it('keeps the keys of another side, use and family apart', () => {
    const sp = ringKey('cccc', { side: 'sp' });
    const ec = ringKey('dddd', { family: 'ec' });
    const ring = [sp, ec].reduce((all, key) => done(publish(add(all, key), key.id, start)), rolled());
    const both = [sp, ec].reduce((all, key) => done(activate(all, key.id, start + 2 * wait)), ring);
    const now = start + 2 * wait;
    expect(activeKey(both, rsa, now)?.id).toBe(newId);
    expect(activeKey(both, { ...rsa, family: 'ec' }, now)?.id).toBe(ec.id);
    expect(activeKey(both, { ...rsa, side: 'sp' }, now)?.id).toBe(sp.id);
  });
});

describe('a key for one partner', () => {
  const now = start + wait;
  const partner = 'urn:one';
  const pinned = () => done(activate(published(), newId, now, { partner }));

  it('is for that one alone', () => {
    const ring = pinned();
    expect([activeKey(ring, rsa, now, partner)?.id, activeKey(ring, rsa, now, 'urn:two')?.id]).toEqual([newId, oldId]);
  });

  it('is no exception any more once everybody has it, so that the next roll-over takes the partner along', () => {
    let ring = done(activate(pinned(), newId, now + hour));
    expect([...pinsOf(ring, rsa, now + hour)]).toEqual([]);
    ring = done(publish(add(ring, ringKey('cccc')), ringKey('cccc').id, now + hour));
    ring = done(activate(ring, ringKey('cccc').id, now + hour + wait));
    expect(activeKey(ring, rsa, now + hour + wait, partner)?.id).toBe(ringKey('cccc').id);
  });

  it('holds one back that cannot follow yet, until it is said for everyone', () => {
    const held = done(activate(published(), oldId, now, { partner }));
    const moved = done(activate(held, newId, now + 1));
    expect(activeKey(moved, rsa, now + 1, partner)?.id).toBe(oldId);
    const all = done(activate(moved, newId, now + 2, { everyone: true }));
    expect(activeKey(all, rsa, now + 2, partner)?.id).toBe(newId);
  });

  it('is not for keys of encryption, which partners choose themselves', () => {
    const key = ringKey('eeee', { use: 'encryption' });
    expect(reasonOf(activate(add(firstRing(), key), key.id, now, { partner }))).toBe('not-for-one-partner');
  });
});

describe('a step that would lock somebody out', () => {
  it('is refused: activating what is not published', () => {
    const ring = add(firstRing(), ringKey('bbbb'));
    expect(activate(ring, newId, start)).toMatchObject({ reason: 'not-published', forceable: true });
  });

  it('is refused: activating what some metadata of ours may not name yet, with the instant from when on it is safe', () => {
    const step = activate(published(), newId, start + wait - 1);
    expect(step).toMatchObject({ reason: 'published-too-short', until: start + wait, forceable: true });
  });

  it('is made where somebody insists, is marked, and publishes what it activates', () => {
    const step = activate(add(firstRing(), ringKey('bbbb')), newId, start, { force: true });
    expect(step).toMatchObject({ status: 'made', overridden: ['not-published'] });
    const ring = done(step);
    expect(ring.activations.at(-1)).toMatchObject({ forced: true });
    expect(publishedKeys(ring, 'idp', 'signing', start).map(({ id }) => id)).toEqual([newId, oldId]);
  });

  it('is refused: an activation in the past, which no other node would have made', () => {
    expect(reasonOf(activate(published(), newId, start + wait, { at: start + wait - 1, force: true }))).toBe(
      'in-the-past',
    );
  });

  it('is refused: activating a certificate that will have run out', () => {
    const ring = add(firstRing(), ringKey('bbbb', { publishedAt: start, notAfterAt: start + wait }));
    expect(reasonOf(activate(ring, newId, start, { at: start + wait }))).toBe('expired');
  });

  it('is refused whatever somebody insists on: retiring the key that signs', () => {
    expect(reasonOf(retire(rolled(), newId, start + 2 * wait, true))).toBe('active');
  });

  it('is refused: retiring a key that a partner was given by name, which is named', () => {
    const held = done(activate(published(), oldId, start + wait, { partner: 'urn:one' }));
    const moved = done(activate(held, newId, start + wait + 1));
    expect(retire(moved, oldId, start + 2 * wait, true)).toMatchObject({ reason: 'pinned', partners: ['urn:one'] });
  });

  it('is refused: retiring a key that is to be activated', () => {
    const ring = done(activate(published(), newId, start, { at: start + wait }));
    expect(reasonOf(retire(ring, newId, start + hour, true))).toBe('scheduled');
  });

  it('is refused: retiring what has signed in the last hour', () => {
    expect(retire(rolled(), oldId, start + wait + hour - 1)).toMatchObject({
      reason: 'in-flight',
      until: start + wait + hour,
    });
    expect(reasonOf(retire(rolled(), oldId, start + wait + hour))).toBe('made');
  });

  it('is refused: more keys than partners read', () => {
    let ring = firstRing();
    for (let index = 1; index < maxPublishedKeys; index += 1) {
      const key = ringKey(`b${index.toString(16)}`);
      ring = done(publish(add(ring, key), key.id, start));
    }
    const last = ringKey('cccc');
    expect(reasonOf(publish(add(ring, last), last.id, start))).toBe('too-many');
  });

  it.each(['publish', 'activate', 'retire'] as const)('is refused: to %s what is retired', (action) => {
    const ring = done(retire(rolled(), oldId, start + 2 * wait));
    const steps = { publish, activate, retire };
    expect(reasonOf(steps[action](ring, oldId, start + 2 * wait))).toBe('retired');
  });

  it('is refused: the same key twice', () => {
    expect(reasonOf(addKey(firstRing(), ringKey('aaaa')))).toBe('already-there');
  });

  it('takes back an activation that has not begun when another key is ordered', () => {
    const planned = done(activate(published(), newId, start, { at: start + wait }));
    const ring = done(activate(planned, oldId, start + hour));
    expect(activeKey(ring, rsa, start + 2 * wait)?.id).toBe(oldId);
  });
});

describe('a key for encryption', () => {
  const [one, two] = [ringKey('1111', { use: 'encryption' }), ringKey('2222', { use: 'encryption' })];
  const withOne = () => done(publish(add(firstRing(), one), one.id, start));
  const withTwo = () => done(activate(done(publish(add(withOne(), two), two.id, start)), two.id, start));
  const opens = (ring: KeyRing, now: number) => openingKeys(ring, 'idp', now).map(({ id }) => id);

  it('opens before it is published: another node may have published it', () => {
    expect(opens(add(firstRing(), one), start)).toEqual([one.id]);
  });

  it('is activated at once, as any that the metadata names is opened', () => {
    expect(publishedKeys(withTwo(), 'idp', 'encryption', start).map(({ id }) => id)).toEqual([two.id, one.id]);
  });

  it('opens after it is retired for as long as somebody may hold the earlier metadata', () => {
    const ring = done(retire(withTwo(), one.id, start));
    expect(publishedKeys(ring, 'idp', 'encryption', start).map(({ id }) => id)).toEqual([two.id]);
    expect([opens(ring, start + wait - 1), opens(ring, start + wait)]).toEqual([[two.id, one.id], [two.id]]);
  });

  it('is not retired when it is the last, unless somebody insists', () => {
    expect(retire(withOne(), one.id, start)).toMatchObject({ reason: 'last-encryption-key', forceable: true });
    expect(retire(withOne(), one.id, start, true)).toMatchObject({ overridden: ['last-encryption-key'] });
  });

  it('is not erased while it may be needed', () => {
    const ring = done(retire(withTwo(), one.id, start));
    const erase = (now: number, force = false) => eraseKey(ring, keyIn(ring, one.id), { now, force });
    expect(erase(start + wait - 1)).toMatchObject({ reason: 'in-flight', until: start + wait });
    expect(reasonOf(erase(start + wait))).toBe('made');
    expect(erase(start, true)).toMatchObject({ overridden: ['in-flight'] });
  });

  it('opens nothing any more once it is erased', () => {
    const ring = done(retire(withTwo(), one.id, start));
    const erased = done(eraseKey(ring, keyIn(ring, one.id), { now: start, force: true }));
    expect(opens(erased, start)).toEqual([two.id]);
  });
});

describe('erasing', () => {
  it('is refused for a key that is not retired, and the second time', () => {
    const erase = (ring: KeyRing) => eraseKey(ring, keyIn(ring, oldId), { now: start + 2 * wait, force: true });
    expect(reasonOf(erase(rolled()))).toBe('not-retired');
    const ring = done(erase(done(retire(rolled(), oldId, start + 2 * wait))));
    expect(reasonOf(erase(ring))).toBe('already-erased');
  });
});
