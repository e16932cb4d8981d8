/** @module What every SsoStore does: run on memory, and on each other implementation as it is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { Participant, ParticipantClaim, SsoEntry, SsoStore } from '../../src/spi/sso-store.ts';
import { texts } from './texts.ts';

export interface SsoStoreHarness {
  /** Empty. */
  readonly store: SsoStore;
  /** The time as the store sees it, in milliseconds since the epoch. */
  now(): number;
  /** Lets time go by as the store sees it: a fake clock moves, a real store is waited for. */
  advance(ms: number): Promise<void>;
}

const CALLERS = 50;
/** Long enough that a real store on a busy machine is not late by half of it. */
const IDLE_MS = 1000;
const KEY = 'a'.repeat(43);
const OTHER_KEY = 'b'.repeat(43);

export function ssoStoreConformance(name: string, open: () => Promise<SsoStoreHarness>): void {
  describe(`${name} as an SsoStore`, () => {
    let harness: SsoStoreHarness;
    let store: SsoStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
    });
    afterEach(() => store.close());

    const together = <T>(work: (caller: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: CALLERS }, (_, caller) => work(caller)));

    function entry(changes: Partial<SsoEntry> = {}): SsoEntry {
      return {
        version: 1,
        domain: 'other',
        principal: 'eric',
        roles: ['all', 'AB'],
        attributes: { mail: ['eric@example.com'] },
        mechanism: 'FORM',
        confidential: true,
        decision: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
        authenticatedAt: harness.now(),
        expiresAt: harness.now() + 100 * IDLE_MS,
        idleMs: IDLE_MS,
        participants: [],
        ...changes,
      };
    }

    const participant = (partner: string, changes: Partial<Participant> = {}): Participant => ({
      kind: 'saml',
      name: partner,
      sessionIndex: '_1',
      joinedAt: 1,
      ...changes,
    });

    it('finds a session that was begun', async () => {
      const begun = entry();
      await store.begin(KEY, begun);
      expect(await store.find(KEY)).toEqual(begun);
    });

    it('does not find, join or end a session that was never begun', async () => {
      expect(await store.find(KEY)).toBeUndefined();
      expect(await store.join(KEY, participant('a'))).toBeUndefined();
      expect(await store.end(KEY)).toBeUndefined();
    });

    it('keeps sessions apart', async () => {
      const [one, other] = [entry(), entry({ principal: 'anna' })];
      await store.begin(KEY, one);
      await store.begin(OTHER_KEY, other);
      await store.end(KEY);
      expect(await store.find(OTHER_KEY)).toEqual(other);
    });

    it('refuses to begin a session under a key that is taken', async () => {
      const begun = entry();
      await store.begin(KEY, begun);
      await expect(store.begin(KEY, entry({ principal: 'anna' }))).rejects.toThrow(Error);
      expect(await store.find(KEY)).toEqual(begun);
    });

    it.each(texts)('stores %s in every text of a session', async (_, text) => {
      const begun = entry({ principal: text, roles: [text], attributes: { [text]: [text] } });
      await store.begin(KEY, begun);
      await store.join(KEY, participant(text, { nameId: text }));
      expect(await store.find(KEY)).toEqual({ ...begun, participants: [participant(text, { nameId: text })] });
    });

    it('stores an attribute that is named like a property of all objects', async () => {
      const begun = entry({ attributes: Object.fromEntries([['__proto__', ['x']]]) });
      await store.begin(KEY, begun);
      expect(Object.entries((await store.find(KEY))?.attributes ?? {})).toEqual([['__proto__', ['x']]]);
    });

    it('forgets a session that was not used for its idle time', async () => {
      await store.begin(KEY, entry());
      await harness.advance(1.5 * IDLE_MS);
      expect(await store.find(KEY)).toBeUndefined();
      expect(await store.end(KEY)).toBeUndefined();
    });

    it('begins the idle time anew with every find', async () => {
      await store.begin(KEY, entry());
      await harness.advance(0.6 * IDLE_MS);
      await store.find(KEY);
      await harness.advance(0.6 * IDLE_MS);
      expect(await store.find(KEY)).toBeDefined();
    });

    it('begins the idle time anew with every join', async () => {
      await store.begin(KEY, entry());
      await harness.advance(0.6 * IDLE_MS);
      await store.join(KEY, participant('a'));
      await harness.advance(0.6 * IDLE_MS);
      expect(await store.find(KEY)).toBeDefined();
    });

    it('ends a session at its absolute end, however much it is used', async () => {
      await store.begin(KEY, entry({ expiresAt: harness.now() + 1.2 * IDLE_MS }));
      await harness.advance(0.6 * IDLE_MS);
      expect(await store.find(KEY)).toBeDefined();
      await harness.advance(0.8 * IDLE_MS);
      expect(await store.find(KEY)).toBeUndefined();
    });

    it('answers a join with the session as it then is', async () => {
      const begun = entry();
      await store.begin(KEY, begun);
      expect(await store.join(KEY, participant('a'))).toEqual({ ...begun, participants: [participant('a')] });
    });

    it('replaces a participant of the same kind and name', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, participant('a'));
      await store.join(KEY, participant('a', { kind: 'application' }));
      const joined = await store.join(KEY, participant('a', { sessionIndex: '_2' }));
      expect(joined?.participants).toHaveLength(2);
      expect(joined?.participants).toContainEqual(participant('a', { sessionIndex: '_2' }));
      expect(joined?.participants).toContainEqual(participant('a', { kind: 'application' }));
    });

    it('loses none of many participants that join at once', async () => {
      await store.begin(KEY, entry());
      await together((caller) => store.join(KEY, participant(`partner ${caller}`)));
      const names = (await store.find(KEY))?.participants.map((joined) => joined.name);
      expect(new Set(names)).toEqual(new Set(Array.from({ length: CALLERS }, (_, caller) => `partner ${caller}`)));
    });

    it('lets nobody find or join a session that has ended', async () => {
      await store.begin(KEY, entry());
      await store.end(KEY);
      expect(await store.join(KEY, participant('a'))).toBeUndefined();
      expect(await store.find(KEY)).toBeUndefined();
    });

    it('gives the ended session, with its participants, to exactly one of many callers', async () => {
      const begun = entry();
      await store.begin(KEY, begun);
      await store.join(KEY, participant('a'));
      const ended = (await together(() => store.end(KEY))).filter((answer) => answer !== undefined);
      expect(ended).toEqual([{ ...begun, participants: [participant('a')] }]);
    });

    it('gives a participant that joins while the session ends to whoever ends it, or tells it that it came too late', async () => {
      await store.begin(KEY, entry());
      const [ended, ...joins] = await Promise.all([
        store.end(KEY),
        ...Array.from({ length: CALLERS }, (_, caller) => store.join(KEY, participant(`partner ${caller}`))),
      ]);
      const joined = joins.filter((answer) => answer !== undefined);
      expect(ended?.participants).toHaveLength(joined.length);
      expect(await store.find(KEY)).toBeUndefined();
    });

    const claim = (changes: Partial<ParticipantClaim> = {}): ParticipantClaim => ({
      kind: 'saml',
      name: 'partner a',
      nameId: 'eric',
      nameIdFormat: 'plain',
      sessionIndex: '_1',
      ...changes,
    });
    const named = (changes: Partial<Participant> = {}) =>
      participant('partner a', { nameId: 'eric', nameIdFormat: 'plain', ...changes });
    const withoutIndex = ({ sessionIndex: _, ...rest }: ParticipantClaim) => rest;

    it('finds the session in which a participant was given a name and an index', async () => {
      await store.begin(KEY, entry());
      await store.begin(OTHER_KEY, entry());
      const joined = await store.join(KEY, named());
      await store.join(OTHER_KEY, named({ sessionIndex: '_2' }));
      expect(await store.findByParticipant(claim())).toEqual([{ key: KEY, entry: joined }]);
    });

    it('finds a participant that takes part from the beginning, until the session ends', async () => {
      await store.begin(KEY, entry({ participants: [named()] }));
      expect((await store.findByParticipant(claim())).map(({ key }) => key)).toEqual([KEY]);
      await store.end(KEY);
      expect(await store.findByParticipant(claim())).toEqual([]);
    });

    it('finds every session of a name without an index', async () => {
      await store.begin(KEY, entry());
      await store.begin(OTHER_KEY, entry());
      await store.join(KEY, named());
      await store.join(OTHER_KEY, named({ sessionIndex: '_2' }));
      const keys = (await store.findByParticipant(withoutIndex(claim()))).map(({ key }) => key);
      expect(keys.toSorted()).toEqual([KEY, OTHER_KEY]);
    });

    it.each([
      ['another participant', { name: 'partner b' }],
      ['another kind', { kind: 'application' }],
      ['another name', { nameId: 'anna' }],
      ['another format of the name', { nameIdFormat: 'other' }],
      ['another index', { sessionIndex: '_2' }],
    ] as const)('finds nothing for %s', async (_, changes) => {
      await store.begin(KEY, entry());
      await store.join(KEY, named());
      expect(await store.findByParticipant(claim(changes))).toEqual([]);
    });

    it('finds a participant by what it was given last, not by what was replaced', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, named());
      await store.join(KEY, named({ nameId: 'other' }));
      expect(await store.findByParticipant(claim())).toEqual([]);
      expect(await store.findByParticipant(claim({ nameId: 'other' }))).toHaveLength(1);
    });

    it('finds no session by participant that has ended, expired or been left', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, named());
      await store.end(KEY);
      expect(await store.findByParticipant(claim())).toEqual([]);
      await store.begin(KEY, entry());
      await store.join(KEY, named());
      await store.leave(KEY, named());
      expect(await store.findByParticipant(claim())).toEqual([]);
      await store.join(KEY, named());
      await harness.advance(1.5 * IDLE_MS);
      expect(await store.findByParticipant(claim())).toEqual([]);
    });

    it('does not begin the idle time anew when it looks for a participant', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, named());
      await harness.advance(0.6 * IDLE_MS);
      await store.findByParticipant(claim());
      await harness.advance(0.6 * IDLE_MS);
      expect(await store.find(KEY)).toBeUndefined();
    });

    it('lets one participant leave, and keeps the session and the others', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, participant('a'));
      await store.join(KEY, participant('b'));
      const left = await store.leave(KEY, participant('a'));
      expect(left?.left).toEqual(participant('a'));
      expect(left?.entry.participants).toEqual([participant('b')]);
      expect((await store.find(KEY))?.participants).toEqual([participant('b')]);
    });

    it('lets nobody leave who does not take part, or a session that is not there', async () => {
      expect(await store.leave(KEY, participant('a'))).toBeUndefined();
      await store.begin(KEY, entry());
      expect(await store.leave(KEY, participant('a'))).toBeUndefined();
    });

    it('gives a participant that leaves to exactly one of many callers', async () => {
      await store.begin(KEY, entry());
      await store.join(KEY, participant('a'));
      const left = await together(() => store.leave(KEY, participant('a')));
      expect(left.filter((answer) => answer !== undefined)).toHaveLength(1);
    });

    it('yields a session that idled out, with its participants, to exactly one of many callers', async () => {
      const begun = entry();
      await store.begin(KEY, begun);
      await store.join(KEY, participant('a'));
      expect(await store.takeExpired(10)).toEqual([]);
      await harness.advance(3 * IDLE_MS);
      const taken = (await together(() => store.takeExpired(10))).flat();
      expect(taken).toEqual([{ key: KEY, entry: { ...begun, participants: [participant('a')] } }]);
      expect(await store.takeExpired(10)).toEqual([]);
    });

    it('yields a session at its absolute end, and none that was ended', async () => {
      await store.begin(KEY, entry({ expiresAt: harness.now() + IDLE_MS / 2 }));
      await store.begin(OTHER_KEY, entry());
      await store.end(OTHER_KEY);
      await harness.advance(3 * IDLE_MS);
      expect((await store.takeExpired(10)).map(({ key }) => key)).toEqual([KEY]);
    });

    it('yields as many expired sessions at once as it is asked for', async () => {
      await store.begin(KEY, entry());
      await store.begin(OTHER_KEY, entry());
      await harness.advance(3 * IDLE_MS);
      expect(await store.takeExpired(1)).toHaveLength(1);
      expect(await store.takeExpired(5)).toHaveLength(1);
    });

    it('cannot be asked when it is closed', async () => {
      await store.close();
      const asked = await Promise.allSettled([
        store.begin(KEY, entry()),
        store.find(KEY),
        store.join(KEY, participant('a')),
        store.end(KEY),
        store.leave(KEY, participant('a')),
        store.findByParticipant(claim()),
        store.takeExpired(1),
      ]);
      for (const answer of asked) {
        expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(GatehouseError) });
        expect(answer).toMatchObject({ reason: { code: 'ERR_STORE_UNAVAILABLE' } });
      }
    });
  });
}
