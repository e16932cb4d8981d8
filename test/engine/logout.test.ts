/** @module A logout step by step: the session first, everybody told, the ledger right; retries, leases and what a crash leaves behind. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryLogoutLedger } from '../../src/adapters/memory-logout-ledger.ts';
import { createMemorySsoStore } from '../../src/adapters/memory-sso-store.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import { createLogouts, type Logouts } from '../../src/engine/logout.ts';
import type { LogoutMessenger, Told } from '../../src/engine/logout-messenger.ts';
import { createTelling } from '../../src/engine/logout-telling.ts';
import { createUpkeep } from '../../src/engine/logout-upkeep.ts';
import { keyOf } from '../../src/engine/opaque-id.ts';
import { createSsoSessions } from '../../src/engine/sso-sessions.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { LogoutLedger, LogoutRecord } from '../../src/spi/logout-ledger.ts';
import type { Participant } from '../../src/spi/sso-store.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';
import { rejectionOf } from '../support/thrown-code.ts';

const attemptMs = 8000;
const giveUpMs = 600_000;
const confirmed: Told = { status: 'answered', outcome: 'confirmed' };
const down: Told = { status: 'unreachable', detail: 'ECONNREFUSED' };
/** What the engine does after something that it waits for has come. */
const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

interface Setting {
  readonly answers?: Readonly<Record<string, readonly Told[] | 'never'>>;
  readonly ledger?: (memory: LogoutLedger) => LogoutLedger;
  readonly tellOnExpiry?: boolean;
}

function open({ answers = {}, ledger: wrap = (same) => same, tellOnExpiry = true }: Setting = {}) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const audit = createAuditTrail({ providers: [auditor], node: 'node1', clock, random });
  const store = createMemorySsoStore({ clock });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 60_000, lifetimeMs: 3_600_000 });
  const ledger = wrap(createMemoryLogoutLedger({ clock }));
  /** What was told to whom, and whether the session was still alive then. */
  const told: { readonly name: string; readonly alive: boolean }[] = [];
  const messenger: LogoutMessenger = {
    wayTo: async ({ name }) => ({
      title: name.toUpperCase(),
      way: name.startsWith('front') ? 'front' : name.startsWith('dumb') ? 'none' : 'back',
    }),
    async tell(record, { name }) {
      const before = told.filter((one) => one.name === name).length;
      told.push({ name, alive: (await store.find(record.sessionKey)) !== undefined });
      const answer = answers[name];
      if (answer === 'never') return Promise.withResolvers<Told>().promise;
      return answer?.[Math.min(before, answer.length - 1)] ?? confirmed;
    },
    frontMessage: async (_, { name }) => ({ method: 'GET', url: `https://${name}.invalid/` }),
    answer: async () => undefined,
  };
  const node = (name: string) => {
    const lease = { node: name, ms: 360_000 };
    const silent = () => undefined;
    const logger = { info: silent, warn: silent, error: silent };
    const shared = { ledger, messenger, clock, timers: clock.timers, logger, lease };
    const telling = createTelling({ ...shared, attemptMs });
    const logouts: Logouts = createLogouts({
      ...{ ledger, sessions, messenger, audit, clock, random, lease, giveUpMs },
      drive: (record) => telling.begin(record, logouts),
    });
    const upkeep = createUpkeep({ ...shared, logouts, telling, sessions, tellOnExpiry });
    onTestFinished(() => telling.close());
    return { telling, logouts, upkeep };
  };
  async function session(...names: readonly string[]) {
    const callerPrincipal = { name: 'eric', type: 'user' } as const;
    const subject = { callerPrincipal, principals: [callerPrincipal], roles: [], groups: {}, attributes: {} };
    const facts = { mechanism: 'FORM', factors: [], confidential: true, decision: 'D1', sourceAddress: '192.0.2.1' };
    const { id } = await sessions.begin({ domain: 'd', subject, ...facts });
    for (const name of names) await sessions.join(id, participant(name));
    const entry = await sessions.find(id);
    const key = keyOf(id);
    if (entry === undefined || key === undefined) throw new Error('no session');
    return { id, key, entry };
  }
  const outcomes = (record: LogoutRecord | undefined) =>
    Object.fromEntries((record?.participants ?? []).map(({ name, outcome }) => [name, outcome]));
  const events = (type: string) => auditor.events.filter((event) => event.type === type);
  return { ...node('node1'), node, clock, auditor, sessions, store, ledger, told, session, outcomes, events };
}

const participant = (name: string): Participant => ({
  kind: name.startsWith('app') ? 'application' : 'saml',
  name,
  sessionIndex: `_${name}`,
  nameId: 'eric',
  nameIdFormat: 'plain',
  joinedAt: 1,
});
const byPerson = { cause: 'person', sourceAddress: '192.0.2.1', browser: true } as const;

describe('a logout', () => {
  test('has ended the session before the first participant hears of it', async () => {
    const { logouts, session, told } = open();
    await logouts.begin({ ...(await session('a', 'b')), ...byPerson });
    await settle();
    expect(told).toEqual([
      { name: 'a', alive: false },
      { name: 'b', alive: false },
    ]);
  });

  test('gives each kind of participant its way and its outcome', async () => {
    const { logouts, session, outcomes } = open();
    const begun = await logouts.begin({
      ...(await session('a', 'front', 'dumb', 'app', 'asker')),
      ...byPerson,
      askedBy: { kind: 'saml', name: 'asker' },
    });
    await settle();
    expect(outcomes(await logouts.find(begun?.id ?? ''))).toEqual({
      a: 'confirmed',
      front: 'pending',
      dumb: 'no-endpoint',
      app: 'no-own-session',
      asker: 'asked-for-it',
    });
  });

  test('without a browser does not wait for what needs one', async () => {
    const { logouts, session, outcomes } = open();
    const begun = await logouts.begin({ ...(await session('front')), ...byPerson, browser: false });
    expect(outcomes(begun)).toEqual({ front: 'not-in-this-way' });
  });

  test('of many at once is one, and everybody is told once', async () => {
    const { logouts, session, told, ledger } = open();
    const wanted = { ...(await session('a', 'b')), ...byPerson };
    const begun = await Promise.all(Array.from({ length: 10 }, () => logouts.begin(wanted)));
    await settle();
    expect(begun.filter((record) => record !== undefined)).toHaveLength(1);
    expect(told.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await ledger.list(100)).toHaveLength(1);
  });

  test('tells a participant that joined after it was asked for', async () => {
    const { logouts, session, sessions, told } = open();
    const found = await session('a');
    await sessions.join(found.id, participant('late'));
    await logouts.begin({ ...found, ...byPerson });
    await settle();
    expect(told.map(({ name }) => name)).toEqual(['a', 'late']);
  });

  test('is recorded once as a whole, and once for each participant', async () => {
    const { logouts, session, events } = open({
      answers: { b: [{ status: 'answered', outcome: 'refused', detail: 'x' }] },
    });
    await logouts.begin({ ...(await session('a', 'b', 'app')), ...byPerson });
    await settle();
    expect(events('session-ended').map(({ reason }) => reason)).toEqual(['logout']);
    expect(
      events('logout-participant').map(({ application, outcome, reason }) => [application, outcome, reason]),
    ).toEqual([
      ['app', 'success', 'no-own-session'],
      ['a', 'success', 'confirmed'],
      ['b', 'failure', 'refused'],
    ]);
    expect(events('logout-finished').map(({ outcome, reason }) => [outcome, reason])).toEqual([['failure', 'partial']]);
  });

  test('ends the session also when the ledger cannot be written, and says so', async () => {
    const write = async () => {
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'full');
    };
    const { logouts, session, store } = open({ ledger: (memory) => ({ ...memory, write }) });
    const found = await session('a');
    expect(await rejectionOf(logouts.begin({ ...found, ...byPerson }))).toBe('ERR_STORE_UNAVAILABLE');
    expect(await store.find(found.key)).toBeUndefined();
  });

  test('of one application tells it alone, and the session lives on without it', async () => {
    const { logouts, session, told, store } = open();
    const { id, key } = await session('a', 'b');
    const record = await logouts.leave({ id, who: { kind: 'saml', name: 'a' } });
    await settle();
    expect(told).toEqual([{ name: 'a', alive: true }]);
    expect(record).toMatchObject({ state: 'left', cause: 'left' });
    expect((await store.find(key))?.participants.map(({ name }) => name)).toEqual(['b']);
    expect(await logouts.leave({ id, who: { kind: 'saml', name: 'a' } })).toBeUndefined();
  });
});

describe('a participant on the back channel', () => {
  test('that is down is told again with growing waits, until it answers', async () => {
    const { logouts, session, told, clock, outcomes } = open({ answers: { a: [down, down, confirmed] } });
    const begun = await logouts.begin({ ...(await session('a')), ...byPerson });
    await settle();
    expect(told).toHaveLength(1);
    clock.advance(1000);
    await settle();
    expect(told).toHaveLength(2);
    clock.advance(4000);
    await settle();
    expect(told).toHaveLength(2);
    clock.advance(1000);
    await settle();
    const record = await logouts.find(begun?.id ?? '');
    expect([told.length, outcomes(record), record?.participants[0]?.attempts]).toEqual([3, { a: 'confirmed' }, 3]);
  });

  test('that stays down is given up in the end, with the reason', async () => {
    const { logouts, session, clock, outcomes } = open({ answers: { a: [down] } });
    const begun = await logouts.begin({ ...(await session('a')), ...byPerson });
    for (let second = 0; second < giveUpMs / 1000; second += 1) {
      await settle();
      clock.advance(1000);
    }
    await settle();
    const record = await logouts.find(begun?.id ?? '');
    expect(outcomes(record)).toEqual({ a: 'unreachable' });
    expect(record?.participants[0]?.detail).toBe('ECONNREFUSED');
  });

  test('that never answers costs one attempt its deadline, and does not hold up the others', async () => {
    const { logouts, telling, session, clock, outcomes } = open({ answers: { a: 'never' } });
    const begun = await logouts.begin({ ...(await session('a', 'b')), ...byPerson });
    await settle();
    expect(outcomes(await logouts.find(begun?.id ?? ''))).toEqual({ a: 'pending', b: 'confirmed' });
    let waited = false;
    const round = telling.firstRound(begun?.id ?? '', 3600_000).then(() => {
      waited = true;
    });
    await settle();
    expect(waited).toBe(false);
    clock.advance(attemptMs);
    await round;
    expect((await logouts.find(begun?.id ?? ''))?.participants[0]).toMatchObject({ outcome: 'pending', attempts: 1 });
  });

  test('is waited for no longer than is asked', async () => {
    const { logouts, telling, session, clock } = open({ answers: { a: 'never' } });
    const begun = await logouts.begin({ ...(await session('a')), ...byPerson });
    await settle();
    const round = telling.firstRound(begun?.id ?? '', 100);
    clock.advance(100);
    await expect(round).resolves.toBeUndefined();
  });

  test('of very many is told as well', async () => {
    const { logouts, session, told } = open();
    const names = Array.from({ length: 30 }, (_, index) => `p${index}`);
    await logouts.begin({ ...(await session(...names)), ...byPerson });
    await settle();
    await settle();
    expect(new Set(told.map(({ name }) => name))).toEqual(new Set(names));
  });
});

describe('what a node leaves behind', () => {
  test('is gone on with by another one when its lease is over, and by one only', async () => {
    const { logouts, telling, node, session, told, clock, outcomes } = open({ answers: { a: [down, confirmed] } });
    const begun = await logouts.begin({ ...(await session('a')), ...byPerson });
    await settle();
    await telling.close();
    const [other, third] = [node('node2'), node('node3')];
    await other.upkeep.round();
    await settle();
    expect(told).toHaveLength(1);
    clock.advance(360_000);
    await Promise.all([other.upkeep.round(), third.upkeep.round()]);
    await settle();
    expect(told).toHaveLength(2);
    expect(outcomes(await logouts.find(begun?.id ?? ''))).toEqual({ a: 'confirmed' });
  });

  test('between writing and ending is ended first, and then told', async () => {
    const { logouts, node, session, told, clock, ledger, store } = open();
    const found = await session('a');
    const begun = await logouts.begin({ ...found, ...byPerson });
    await settle();
    const again = await session('a', 'b');
    const left: LogoutRecord = {
      ...(begun as LogoutRecord),
      id: '01HZZZZZZZZZZZZZZZZZZZZZ77',
      sessionKey: again.key,
      state: 'ending',
      giveUpAt: clock.now() + giveUpMs,
    };
    await ledger.write(left, { node: 'dead', ms: 1 });
    clock.advance(1);
    told.length = 0;
    await node('node2').upkeep.round();
    await settle();
    expect(await store.find(again.key)).toBeUndefined();
    expect(told).toEqual([
      { name: 'a', alive: false },
      { name: 'b', alive: false },
    ]);
  });

  test('by a browser that went away is noted when the logout is given up', async () => {
    const { logouts, node, session, clock, outcomes } = open();
    const begun = await logouts.begin({ ...(await session('front')), ...byPerson });
    clock.advance(giveUpMs);
    await node('node2').upkeep.round();
    expect(outcomes(await logouts.find(begun?.id ?? ''))).toEqual({ front: 'no-answer' });
  });
});

describe('a session that idles out', () => {
  test('is recorded, and its participants are told where that is wanted', async () => {
    const { upkeep, session, clock, told, events, outcomes, ledger } = open();
    await session('a', 'front');
    clock.advance(62_000);
    await upkeep.round();
    await settle();
    expect(events('session-ended').map(({ reason }) => reason)).toEqual(['idle']);
    expect(told).toEqual([{ name: 'a', alive: false }]);
    expect(outcomes((await ledger.list(1))[0])).toEqual({ a: 'confirmed', front: 'not-in-this-way' });
  });

  test('has its participants told when that could not be recorded, once; and is recorded when it can be', async () => {
    const { upkeep, session, clock, told, events, auditor } = open();
    await session('a');
    await session('b');
    clock.advance(62_000);
    auditor.failing = true;
    expect(await rejectionOf(upkeep.round())).toBe('ERR_AUDIT_UNAVAILABLE');
    await settle();
    expect(told.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
    auditor.failing = false;
    await upkeep.round();
    await upkeep.round();
    await settle();
    expect(told).toHaveLength(2);
    expect(events('session-ended').map(({ reason }) => reason)).toEqual(['idle', 'idle']);
  });

  test('has its participants told in a later round when the ledger was away', async () => {
    let away = true;
    const { upkeep, session, clock, told, events } = open({
      ledger: (memory) => ({
        ...memory,
        write: (record, lease) =>
          away ? Promise.reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'away')) : memory.write(record, lease),
      }),
    });
    await session('a');
    clock.advance(62_000);
    expect(await rejectionOf(upkeep.round())).toBe('ERR_STORE_UNAVAILABLE');
    expect([told.length, events('session-ended').length]).toEqual([0, 1]);
    away = false;
    await upkeep.round();
    await settle();
    expect(told).toEqual([{ name: 'a', alive: false }]);
    expect(events('session-ended')).toHaveLength(1);
  });

  test('is recorded, and its participants are left alone where that is wanted', async () => {
    const { upkeep, session, clock, told, events } = open({ tellOnExpiry: false });
    await session('a');
    clock.advance(62_000);
    await upkeep.round();
    await settle();
    expect(events('session-ended').map(({ reason }) => reason)).toEqual(['idle']);
    expect(told).toEqual([]);
  });
});
