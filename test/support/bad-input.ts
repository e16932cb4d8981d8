/** @module What every refusal of bad input has to be: a clear page, one audit record that can be explained, and nothing changed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuditEvent } from '../../src/spi/audit.ts';
import type { ErrorCode } from '../../src/spi/errors.ts';
import type { Gatehouse } from './gatehouse-process.ts';
import { decisionOf } from './html-page.ts';
import type { Reply } from './http-client.ts';

export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
}

const sessionCookie = /^(?:__Host-)?GATEHOUSESSO=[^;]/;

/** Sends the bad input and holds the answer, the audit log and the cookies against the rule. Gives the record. */
export async function expectRefused(
  gatehouse: Gatehouse,
  refusal: Refusal,
  send: () => Promise<Reply>,
): Promise<AuditEvent> {
  const before = await gatehouse.audit();
  const reply = await send();
  const added = (await gatehouse.audit()).slice(before.length);
  expect(reply.status, reply.text).toBe(refusal.status);
  expect(reply.text).toContain(refusal.code);
  expect(reply.headers.location).toBeUndefined();
  expect(reply.setCookies.filter((line) => sessionCookie.test(line))).toEqual([]);
  expectSecurityHeaders(reply);
  const decision = decisionOf(reply.text);
  expect(added.map(({ id, outcome, reason }) => ({ id, outcome, reason }))).toEqual([
    { id: decision, outcome: 'failure', reason: refusal.code },
  ]);
  const explained = await gatehouse.explain(decision ?? '');
  expect(explained.code, explained.output).toBe(0);
  expect(explained.stdout).toContain(refusal.code);
  const [event] = added;
  if (event === undefined) throw new Error('the refusal was not audited');
  return event;
}

/** On pages: nothing foreign is loaded, nobody frames it, no cache keeps it. */
export function expectSecurityHeaders(reply: Reply): void {
  expect(reply.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  const policy = reply.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
}

export async function sessionsBegun(gatehouse: Gatehouse): Promise<number> {
  return (await gatehouse.audit()).filter(({ type }) => type === 'session-begun').length;
}

/** Lines of the server's log that tell of an error of ours: bad input must never make one. */
export async function errorsLogged(gatehouse: Gatehouse): Promise<readonly string[]> {
  const text = await readFile(join(gatehouse.home, 'log', 'server.log'), 'utf8');
  return text.split('\n').filter((line) => line !== '' && JSON.parse(line).level >= 50);
}
