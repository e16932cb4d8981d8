/** @module Hostile SAML messages at every door of a running identity provider: 4xx, the right code, one audit record, no session begun or ended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/spi/errors.ts';
import { errorsLogged, expectSecurityHeaders, sessionsBegun } from '../../support/bad-input.ts';
import { exchange, type Reply } from '../../support/http-client.ts';
import { doorContents } from '../../support/saml-doors/contents.ts';
import { type Door, type DoorCase, doors, nameOf, signedRedirect, type Target } from '../../support/saml-doors/door.ts';
import { codeAt, type House, openHouse } from '../../support/saml-doors/house.ts';
import { queryCases } from '../../support/saml-doors/queries.ts';
import { doorSignatures } from '../../support/saml-doors/signatures.ts';
import { doorTexts } from '../../support/saml-doors/texts.ts';

let house: House;
let sessions: number;

beforeAll(async () => {
  house = await openHouse();
  // The first answer that cannot be believed goes into the ledger; the request waits on for one that can.
  const answers = house.forgeAt('LogoutResponse', 'post');
  await house.deliver(answers, await answers.signed(answers.plain(), house.workshop.stranger));
  sessions = await sessionsBegun(house.gatehouse);
});
afterAll(() => house?.gatehouse.stop());

/** What makes a refusal: HTTP 4xx, the code on the page, nothing set and nowhere sent, one record. */
async function expectRefused(code: ErrorCode, send: () => Promise<Reply>): Promise<void> {
  const before = await house.gatehouse.audit();
  const reply = await send();
  const added = (await house.gatehouse.audit()).slice(before.length);
  expect(/\bERR_\w+/.exec(reply.text)?.[0], reply.text).toBe(code);
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(500);
  expect([reply.headers.location, reply.setCookies]).toEqual([undefined, []]);
  // Whoever brought an answer that is refused goes on here.
  expect(reply.headers['refresh'] ?? '0; url=/logout/x').toMatch(/^\d+; url=\/logout\/[\w-]+$/);
  if (reply.headers['content-type']?.startsWith('text/html')) expectSecurityHeaders(reply);
  else expect(reply.text).toContain('<soap:Fault>');
  expect(reply.text).not.toContain('evil.invalid');
  expect(added.map(({ id, outcome, reason }) => ({ id, outcome, reason }))).toEqual([
    { id: /\bdecision ([0-9A-Z]{26})\b/i.exec(reply.text)?.[1], outcome: 'failure', reason: code },
  ]);
}

describe.each(doors.map((door) => [nameOf(door), door] as const))('%s', (_name, door) => {
  const here = (cases: readonly DoorCase[]) =>
    cases.filter(({ at }) => at?.(door) ?? true).map((one) => [one.name, one] as const);

  test('the control: a message that is right passes', async () => {
    const forge = house.forgeAt(door.kind, door.binding, await freshTarget(door));
    const reply = await house.deliver(forge, forge.document(await forge.honest()));
    expect([200, 303], reply.text).toContain(reply.status);
  });

  test.each(here([...doorSignatures, ...doorTexts, ...doorContents]))('%s', async (_case, one) => {
    const forge = house.forgeAt(door.kind, door.binding);
    const document = await one.make(forge);
    await expectRefused(codeAt(door, one), () => house.deliver(forge, document));
  });

  if (door.binding !== 'redirect') return;

  test.each(queryCases.map((one) => [one.name, one] as const))('a query with %s', async (_case, one) => {
    const forge = house.forgeAt(door.kind, door.binding);
    const query = one.make(signedRedirect(forge, forge.plain(), { relayState: 'state' }), forge);
    await expectRefused(one.code, () => exchange(`${house.gatehouse.publicUrl}${door.path}?${query}`));
  });
});

/** What the control spends: not the session, request and artifact that the cases are about. */
async function freshTarget({ kind }: Door): Promise<Target> {
  const { target } = house;
  if (kind === 'LogoutResponse') return { ...target, inResponseTo: await house.waitingRequest() };
  if (kind === 'LogoutRequest') return { ...target, nameId: 'nobody' };
  return kind === 'ArtifactResolve' ? { ...target, artifact: await house.newArtifact() } : target;
}

test('after all of it: the session lives, nobody else is signed in, artifact and request wait, no error was ours', async () => {
  const { gatehouse, eric, forgeAt, deliver } = house;
  // The controls of the two doors for answers have signed in two people, to sign them out.
  expect(await sessionsBegun(gatehouse)).toBe(sessions + 2);
  expect((await eric.open(gatehouse.publicUrl)).text).toContain('Signed in as eric');
  const resolve = forgeAt('ArtifactResolve', 'soap');
  expect((await deliver(resolve, resolve.document(await resolve.honest()))).text).toContain('<samlp:Response');
  const answer = forgeAt('LogoutResponse', 'post');
  expect((await deliver(answer, await answer.honest())).status).toBe(303);
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
