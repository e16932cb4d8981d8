import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMemorySsoStore } from '../../src/adapters/memory-sso-store.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import { createSsoSessions } from '../../src/engine/sso-sessions.ts';
import type { SsoStore } from '../../src/spi/sso-store.ts';
import type { Subject } from '../../src/spi/subject.ts';
import { createFakeClock, FAKE_START } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';

const sourceAddress = '192.0.2.1';
const subject: Subject = {
  callerPrincipal: { name: 'eric', type: 'user' },
  principals: [{ name: 'eric', type: 'user' }],
  roles: ['all'],
  groups: {},
  attributes: { mail: ['eric@example.com'] },
};
const login = { domain: 'other', subject, mechanism: 'FORM', confidential: true, decision: 'D1', sourceAddress };
const participant = { kind: 'application', name: 'A', joinedAt: FAKE_START } as const;

function open() {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const memory = createMemorySsoStore({ clock });
  const keys: string[] = [];
  const noted = (key: string) => {
    keys.push(key);
    return key;
  };
  const store: SsoStore = {
    ...memory,
    begin: (key, entry) => memory.begin(noted(key), entry),
    find: (key) => memory.find(noted(key)),
    join: (key, joining) => memory.join(noted(key), joining),
    end: (key) => memory.end(noted(key)),
  };
  const audit = createAuditTrail({ providers: [auditor], node: 'node-1', clock, random });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 1000, lifetimeMs: 5000 });
  return { clock, auditor, memory, keys, sessions };
}

describe('beginning a session', () => {
  it('gives an id of 256 random bits and the entry that is stored', async () => {
    const { sessions } = open();
    const { id, entry } = await sessions.begin(login);
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(id, 'base64url')).toHaveLength(32);
    expect(entry).toEqual({
      version: 1,
      domain: 'other',
      principal: 'eric',
      roles: ['all'],
      attributes: { mail: ['eric@example.com'] },
      mechanism: 'FORM',
      principals: [{ name: 'eric', type: 'user' }],
      confidential: true,
      decision: 'D1',
      authenticatedAt: FAKE_START,
      expiresAt: FAKE_START + 5000,
      idleMs: 1000,
      participants: [],
    });
    expect(await sessions.find(id)).toEqual(entry);
  });

  it('shows the store nothing but the SHA-256 of the id', async () => {
    const { sessions, keys } = open();
    const { id } = await sessions.begin(login);
    await sessions.find(id);
    const key = createHash('sha256').update(id).digest('base64url');
    expect(keys).toEqual([key, key]);
  });

  it('gives a new id at every login', async () => {
    const { sessions } = open();
    expect((await sessions.begin(login)).id).not.toBe((await sessions.begin(login)).id);
  });

  it('ends the session that the browser presented', async () => {
    const { sessions, auditor } = open();
    const { id: replaces } = await sessions.begin(login);
    const { id } = await sessions.begin({ ...login, replaces });
    expect(id).not.toBe(replaces);
    expect(await sessions.find(replaces)).toBeUndefined();
    expect(auditor.events.map(({ type, reason }) => [type, reason])).toEqual([
      ['session-begun', undefined],
      ['session-ended', 'replaced'],
      ['session-begun', undefined],
    ]);
  });

  it('keeps whoever took part when the same person proves more, and nobody when another person comes', async () => {
    const { sessions } = open();
    const { id: first } = await sessions.begin(login);
    await sessions.join(first, participant);
    const { id: second, entry } = await sessions.begin({ ...login, replaces: first });
    expect(entry.participants).toEqual([participant]);
    const again = { ...participant, joinedAt: FAKE_START + 1 };
    const { id: third, entry: later } = await sessions.begin({ ...login, replaces: second, participants: [again] });
    expect(later.participants).toEqual([again]);
    const other = { ...subject, callerPrincipal: { name: 'amar', type: 'user' } } as const;
    expect((await sessions.begin({ ...login, subject: other, replaces: third })).entry.participants).toEqual([]);
  });

  it('takes no id from the browser that it did not give out itself', async () => {
    const { sessions } = open();
    const planted = 'A'.repeat(43);
    const { id } = await sessions.begin({ ...login, replaces: planted });
    expect(id).not.toBe(planted);
    expect(await sessions.find(planted)).toBeUndefined();
  });

  it('is audited', async () => {
    const { sessions, auditor } = open();
    await sessions.begin(login);
    expect(auditor.events).toMatchObject([
      { type: 'session-begun', outcome: 'success', domain: 'other', principal: 'eric', decision: 'D1', sourceAddress },
    ]);
  });

  it('leaves no session behind when it cannot be audited', async () => {
    const { sessions, auditor, memory, keys } = open();
    auditor.failing = true;
    await expect(sessions.begin(login)).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(keys).not.toEqual([]);
    expect(await memory.find(keys[0]!)).toBeUndefined();
  });
});

describe('a session', () => {
  it('idles out', async () => {
    const { sessions, clock } = open();
    const { id } = await sessions.begin(login);
    clock.advance(1000);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('ends after its lifetime, however much it is used', async () => {
    const { sessions, clock } = open();
    const { id } = await sessions.begin(login);
    for (let n = 0; n < 9; n += 1) {
      clock.advance(500);
      expect(await sessions.find(id)).toBeDefined();
    }
    clock.advance(500);
    expect(await sessions.find(id)).toBeUndefined();
  });

  it('is joined by participants', async () => {
    const { sessions } = open();
    const { id } = await sessions.begin(login);
    expect((await sessions.join(id, participant))?.participants).toEqual([participant]);
  });

  it('is given to exactly one of many callers that end it, and audited once', async () => {
    const { sessions, auditor } = open();
    const { id } = await sessions.begin(login);
    const ending = { reason: 'logout', sourceAddress } as const;
    const ended = await Promise.all(Array.from({ length: 50 }, () => sessions.end(id, ending)));
    expect(ended.filter((entry) => entry !== undefined)).toHaveLength(1);
    expect(auditor.events.filter(({ type }) => type === 'session-ended')).toMatchObject([
      { reason: 'logout', principal: 'eric', decision: 'D1' },
    ]);
  });

  it('has ended even when that cannot be audited', async () => {
    const { sessions, auditor } = open();
    const { id } = await sessions.begin(login);
    auditor.failing = true;
    const ending = { reason: 'logout', sourceAddress } as const;
    await expect(sessions.end(id, ending)).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(await sessions.find(id)).toBeUndefined();
  });
});

describe('text that cannot be an id', () => {
  it.each([
    ['nothing', ''],
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['a megabyte', 'A'.repeat(1_000_000)],
    ['another alphabet', `${'A'.repeat(42)}+`],
    ['a line feed at its end', `${'A'.repeat(43)}\n`],
    ['another spelling of the same bits', `${'A'.repeat(42)}B`],
  ])('%s is an unknown session, and the store is not asked', async (_, id) => {
    const { sessions, keys } = open();
    expect(await sessions.find(id)).toBeUndefined();
    expect(await sessions.join(id, participant)).toBeUndefined();
    expect(await sessions.end(id, { reason: 'logout', sourceAddress })).toBeUndefined();
    expect(keys).toEqual([]);
  });
});
