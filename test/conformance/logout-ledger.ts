/** @module What every LogoutLedger does: run on memory, on files, and on each other implementation as it is. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import {
  type LogoutLedger,
  type LogoutParticipant,
  type LogoutRecord,
  logoutsKeptMs,
} from '../../src/spi/logout-ledger.ts';
import { texts } from './texts.ts';

export interface LogoutLedgerHarness {
  /** Empty. */
  readonly ledger: LogoutLedger;
  /** The time as the ledger sees it, in milliseconds since the epoch. */
  now(): number;
  advance(ms: number): Promise<void>;
}

const CALLERS = 20;
const LEASE_MS = 1000;
const lease = { node: 'node1', ms: LEASE_MS };
const other = { node: 'node2', ms: LEASE_MS };
const who = { kind: 'saml', name: 'partner a' } as const;
const idOf = (number: number) => `01HZZZZZZZZZZZZZZZZZZZZZ${String(number).padStart(2, '0')}`;

export function logoutLedgerConformance(name: string, open: () => Promise<LogoutLedgerHarness>): void {
  describe(`${name} as a LogoutLedger`, () => {
    let harness: LogoutLedgerHarness;
    let ledger: LogoutLedger;
    beforeEach(async () => {
      harness = await open();
      ledger = harness.ledger;
    });
    afterEach(() => ledger.close());

    const participant = (changes: Partial<LogoutParticipant> = {}): LogoutParticipant => ({
      ...who,
      title: 'Partner A',
      sessionIndex: '_1',
      nameId: 'eric',
      nameIdFormat: 'plain',
      channel: 'back',
      outcome: 'pending',
      attempts: 0,
      ...changes,
    });
    const record = (changes: Partial<LogoutRecord> = {}): LogoutRecord => ({
      version: 1,
      id: idOf(1),
      sessionKey: 'a'.repeat(43),
      state: 'ended',
      cause: 'person',
      domain: 'idp-domain',
      principal: 'eric',
      decision: idOf(0),
      beganAt: harness.now(),
      giveUpAt: harness.now() + 600_000,
      participants: [participant()],
      ...changes,
    });
    const at = 5;

    it('finds what was written', async () => {
      const written = record({ answerTo: { partner: 'partner b', requestId: '_r', relayState: 's' } });
      await ledger.write(written, lease);
      expect(await ledger.find(written.id)).toEqual(written);
    });

    it('has nothing that was never written', async () => {
      expect(await ledger.find(idOf(1))).toBeUndefined();
      expect(await ledger.note(idOf(1), who, { at })).toBeUndefined();
      expect(await ledger.claim(idOf(1), lease)).toBeUndefined();
      expect(await ledger.unclaimed(10)).toEqual([]);
      expect(await ledger.list(10)).toEqual([]);
    });

    it.each(texts)('stores %s in every text', async (_, text) => {
      const written = record({
        principal: text,
        participants: [participant({ name: text, title: text, nameId: text })],
      });
      await ledger.write(written, lease);
      await ledger.note(written.id, { kind: 'saml', name: text }, { at, detail: text });
      expect((await ledger.find(written.id))?.participants[0]).toEqual(
        participant({ name: text, title: text, nameId: text, detail: text, at }),
      );
    });

    it('replaces a record that is written again', async () => {
      await ledger.write(record({ state: 'ending' }), lease);
      await ledger.write(record({ participants: [] }), lease);
      expect(await ledger.find(idOf(1))).toEqual(record({ participants: [] }));
    });

    it('counts attempts, and keeps the outcome with its time and detail', async () => {
      await ledger.write(record(), lease);
      await ledger.note(idOf(1), who, { at, attempted: true });
      const noted = await ledger.note(idOf(1), who, { at: 7, attempted: true, outcome: 'refused', detail: 'why' });
      const settled = participant({ attempts: 2, at: 7, outcome: 'refused', detail: 'why' });
      expect(noted).toEqual({ settled: true, record: record({ participants: [settled] }) });
      expect(await ledger.find(idOf(1))).toEqual(record({ participants: [settled] }));
    });

    it('keeps the first outcome, whatever is noted later', async () => {
      await ledger.write(record({ participants: [participant(), participant({ name: 'b' })] }), lease);
      await ledger.note(idOf(1), who, { at, outcome: 'confirmed' });
      const late = await ledger.note(idOf(1), who, { at: 9, attempted: true, outcome: 'unreachable' });
      expect(late?.settled).toBe(false);
      expect((await ledger.find(idOf(1)))?.participants[0]).toEqual(participant({ outcome: 'confirmed', at }));
    });

    it('lets exactly one of many callers decide an outcome', async () => {
      await ledger.write(record(), lease);
      const noted = await Promise.all(
        Array.from({ length: CALLERS }, () => ledger.note(idOf(1), who, { at, outcome: 'confirmed' })),
      );
      expect(noted.filter((one) => one?.settled === true)).toHaveLength(1);
    });

    it('loses no note of participants that answer at once', async () => {
      const names = Array.from({ length: CALLERS }, (_, number) => `partner ${number}`);
      await ledger.write(record({ participants: names.map((one) => participant({ name: one })) }), lease);
      await Promise.all(
        names.map((one) => ledger.note(idOf(1), { kind: 'saml', name: one }, { at, outcome: 'confirmed' })),
      );
      const outcomes = (await ledger.find(idOf(1)))?.participants.map(({ outcome }) => outcome);
      expect(new Set(outcomes)).toEqual(new Set(['confirmed']));
    });

    it('notes nothing about somebody who takes no part', async () => {
      await ledger.write(record(), lease);
      expect(await ledger.note(idOf(1), { kind: 'application', name: who.name }, { at })).toBeUndefined();
    });

    it('gives an unfinished record to nobody while another node holds it, and its holder may prolong', async () => {
      await ledger.write(record(), lease);
      expect(await ledger.claim(idOf(1), other)).toBeUndefined();
      expect(await ledger.unclaimed(10)).toEqual([]);
      await harness.advance(0.6 * LEASE_MS);
      expect(await ledger.claim(idOf(1), lease)).toEqual(
        record({ beganAt: expect.any(Number), giveUpAt: expect.any(Number) }),
      );
      await harness.advance(0.6 * LEASE_MS);
      expect(await ledger.claim(idOf(1), other)).toBeUndefined();
    });

    it('gives a record whose holder is gone to exactly one of many nodes', async () => {
      await ledger.write(record(), lease);
      await harness.advance(1.5 * LEASE_MS);
      expect(await ledger.unclaimed(10)).toEqual([idOf(1)]);
      const claimed = await Promise.all(
        Array.from({ length: CALLERS }, (_, number) => ledger.claim(idOf(1), { node: `node${number}`, ms: LEASE_MS })),
      );
      expect(claimed.filter((one) => one !== undefined)).toHaveLength(1);
      expect(await ledger.unclaimed(10)).toEqual([]);
    });

    it('does not change who holds a record by a note', async () => {
      await ledger.write(record(), lease);
      await ledger.note(idOf(1), who, { at, attempted: true });
      expect(await ledger.claim(idOf(1), other)).toBeUndefined();
    });

    it('gives a finished record to nobody, and one that is ending even without participants', async () => {
      await ledger.write(record(), lease);
      await ledger.write(record({ id: idOf(2), state: 'ending', participants: [] }), lease);
      await ledger.note(idOf(1), who, { at, outcome: 'unreachable' });
      await harness.advance(1.5 * LEASE_MS);
      expect(await ledger.claim(idOf(1), other)).toBeUndefined();
      expect(await ledger.unclaimed(10)).toEqual([idOf(2)]);
    });

    it('lists unclaimed records oldest first, and no more than it is asked for', async () => {
      for (const number of [1, 2, 3]) await ledger.write(record({ id: idOf(number) }), lease);
      await harness.advance(1.5 * LEASE_MS);
      expect(await ledger.unclaimed(2)).toEqual([idOf(1), idOf(2)]);
    });

    it('lists finished and unfinished records newest first, and no more than it is asked for', async () => {
      for (const number of [1, 2, 3]) await ledger.write(record({ id: idOf(number) }), lease);
      await ledger.note(idOf(2), who, { at, outcome: 'confirmed' });
      expect((await ledger.list(10)).map(({ id }) => id)).toEqual([idOf(3), idOf(2), idOf(1)]);
      expect((await ledger.list(2)).map(({ id }) => id)).toEqual([idOf(3), idOf(2)]);
    });

    it('forgets a record that is removed', async () => {
      await ledger.write(record({ state: 'ending' }), lease);
      await ledger.remove(idOf(1));
      expect(await ledger.find(idOf(1))).toBeUndefined();
      await harness.advance(1.5 * LEASE_MS);
      expect(await ledger.unclaimed(10)).toEqual([]);
    });

    it('keeps records of a month, and no longer', async () => {
      await ledger.write(record(), lease);
      await ledger.note(idOf(1), who, { at, outcome: 'confirmed' });
      await harness.advance(logoutsKeptMs - 1);
      expect(await ledger.find(idOf(1))).toBeDefined();
      await harness.advance(1);
      expect(await ledger.find(idOf(1))).toBeUndefined();
      expect(await ledger.list(10)).toEqual([]);
    });

    it('cannot be asked when it is closed', async () => {
      await ledger.close();
      const asked = await Promise.allSettled([
        ledger.write(record(), lease),
        ledger.note(idOf(1), who, { at }),
        ledger.find(idOf(1)),
        ledger.claim(idOf(1), lease),
        ledger.unclaimed(1),
        ledger.list(1),
        ledger.remove(idOf(1)),
      ]);
      for (const answer of asked) {
        expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(GatehouseError) });
        expect(answer).toMatchObject({ reason: { code: 'ERR_STORE_UNAVAILABLE' } });
      }
    });
  });
}
