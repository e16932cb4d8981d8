/** @module Logout between an identity provider and us, rule by rule: what ends whose session, what is told, and what is refused. */
import { describe, expect, test } from 'vitest';
import { logoutLocation } from '../../../src/http/logout-location.ts';
import { decodePost, decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { statusCodes } from '../../../src/wire/saml/constants.ts';
import {
  buildLogoutRequest,
  type LogoutRequestInput,
  parseLogoutRequest,
  signLogoutRequest,
} from '../../../src/wire/saml/logout-request.ts';
import {
  buildLogoutResponse,
  type LogoutStatus,
  parseLogoutResponse,
  signLogoutResponse,
} from '../../../src/wire/saml/logout-response.ts';
import { buildRedirectUrl } from '../../../src/wire/saml/redirect-writer.ts';
import { readSoap, writeSoap } from '../../../src/wire/saml/soap.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { idpEntityId, spEntityId } from '../../support/saml-input.ts';
import { idpKeys, idpSlo, type LogoutFixture, openLogout, sloUrlOf, spKeys } from './logout-fixture.ts';

const signer = signerOf(idpKeys, 'rsa-sha256');
const path = '/saml/sp/reports/slo';
const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

const request = (changes: Partial<LogoutRequestInput> = {}): LogoutRequestInput => ({
  id: '_request-1',
  now: FAKE_START,
  issuer: idpEntityId,
  destination: sloUrlOf('reports'),
  notOnOrAfter: FAKE_START + 60_000,
  name: { format: unspecified, value: 'mary' },
  sessionIndex: '_s',
  ...changes,
});
type Open = Awaited<ReturnType<typeof openLogout>>;

async function byRedirect({ app }: Open, changes: Partial<LogoutRequestInput> = {}, relayState?: string) {
  const input = { parameter: 'SAMLRequest', xml: buildLogoutRequest(request(changes)), relayState } as const;
  const { pathname, search } = new URL(await buildRedirectUrl(sloUrlOf('reports'), input, signer));
  return app.inject(`${pathname}${search}`);
}

function byPost({ app }: Open, fields: Readonly<Record<string, string>>) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return app.inject({ method: 'POST', url: path, headers, payload: new URLSearchParams(fields).toString() });
}
const base64 = (xml: string) => Buffer.from(xml).toString('base64');

async function bySoap({ app }: Open, changes: Partial<LogoutRequestInput> = {}) {
  const payload = writeSoap(await signLogoutRequest(request(changes), signer));
  const reply = await app.inject({ method: 'POST', url: path, headers: { 'content-type': 'text/xml' }, payload });
  const document = parseXml(reply.body);
  const said = readSoap(document);
  if (said.kind === 'fault') throw new Error(reply.body);
  return parseLogoutResponse(verifyEnveloped(document, said.element, [spKeys.publicKey]));
}

const locationOf = (reply: { readonly headers: Readonly<Record<string, unknown>> }) =>
  String(reply.headers['location']);

/** Follows our own redirect, and reads the answer that the browser then takes to the identity provider. */
async function answerBy(here: Open, reply: { readonly headers: Readonly<Record<string, unknown>> }) {
  const url = locationOf(await here.app.inject(locationOf(reply)));
  const decoded = decodeRedirect(new URL(url).search.slice(1));
  if (decoded.signature === undefined) throw new Error('not signed');
  verifyRedirectSignature(decoded.signature, [spKeys.publicKey]);
  return { url, relayState: decoded.relayState, ...parseLogoutResponse(parseXml(decoded.xml)) };
}

describe('a logout that the identity provider begins', () => {
  test('by Redirect ends the session before anybody is answered, and is answered by Redirect with its RelayState', async () => {
    const here = await openLogout();
    const { id } = await here.session();
    const reply = await byRedirect(here, {}, 'https://elsewhere.example/');
    expect(await here.lives(id)).toBe(false);
    expect(locationOf(reply)).toMatch(/^\/logout\/[\w-]+$/);
    const answer = await answerBy(here, reply);
    expect(answer).toMatchObject({ issuer: spEntityId, inResponseTo: '_request-1', status: statusCodes.Success });
    expect(answer.relayState).toBe('https://elsewhere.example/');
    expect(answer.url.startsWith(`${idpSlo('HTTP-Redirect').location}?`)).toBe(true);
    expect(answer.subStatus).toBeUndefined();
  });

  test('by POST is answered by POST where its metadata has nothing else', async () => {
    const here = await openLogout({ services: [idpSlo('HTTP-POST')] });
    const { id } = await here.session();
    const reply = await byPost(here, { SAMLRequest: base64(await signLogoutRequest(request(), signer)) });
    expect(await here.lives(id)).toBe(false);
    const page = await here.app.inject(locationOf(reply));
    const [, action] = /<form method="post" action="([^"]+)"/.exec(page.body) ?? [];
    const [, message = ''] = /name="SAMLResponse" value="([^"]+)"/.exec(page.body) ?? [];
    expect(action).toBe(idpSlo('HTTP-POST').location);
    const document = parseXml(decodePost(message));
    const answer = parseLogoutResponse(verifyEnveloped(document, document, [spKeys.publicKey]));
    expect(answer).toMatchObject({ destination: action, status: statusCodes.Success });
  });

  test('by SOAP is answered down the connection', async () => {
    const here = await openLogout();
    const { id } = await here.session();
    expect(await bySoap(here)).toMatchObject({ inResponseTo: '_request-1', status: statusCodes.Success });
    expect(await here.lives(id)).toBe(false);
  });

  test('says what was not reached: two levels', async () => {
    const here = await openLogout();
    await here.session({}, [{ kind: 'saml', name: 'urn:partner', nameId: 'mary', joinedAt: 1 }]);
    expect(await bySoap(here)).toMatchObject({ status: statusCodes.Success, subStatus: statusCodes.PartialLogout });
  });

  test('is in the ledger as what asked for it', async () => {
    const here = await openLogout();
    await here.session();
    await bySoap(here);
    expect(await here.ledger.list(1)).toMatchObject([
      { cause: 'partner', participants: [{ kind: 'identity-provider', outcome: 'asked-for-it' }] },
    ]);
  });

  test('without a session index ends every session of this name', async () => {
    const here = await openLogout();
    const both = [await here.session(), await here.session({ sessionIndex: '_other' })];
    const { sessionIndex: _, ...everywhere } = request();
    const payload = writeSoap(await signLogoutRequest(everywhere, signer));
    await here.app.inject({ method: 'POST', url: path, headers: { 'content-type': 'text/xml' }, payload });
    expect(await Promise.all(both.map(({ id }) => here.lives(id)))).toEqual([false, false]);
  });

  test.each<[string, Parameters<Open['session']>[0]]>([
    ['under another name', { nameId: 'john' }],
    ['with another session index', { sessionIndex: '_other' }],
    ['at another identity provider', { name: 'https://other.example' }],
    ['for another application', { application: 'wages' }],
    ['under a name of another domain', { nameQualifier: 'urn:domain' }],
    ['as a partner of ours, not as its identity provider', { kind: 'saml' }],
  ])('leaves a session alone that was begun %s', async (_, participant) => {
    const here = await openLogout();
    const { id } = await here.session(participant);
    expect(await bySoap(here)).toMatchObject({
      status: statusCodes.Requester,
      subStatus: statusCodes.UnknownPrincipal,
    });
    expect(await here.lives(id)).toBe(true);
    expect(here.failures()).toMatchObject([{ type: 'saml-request-refused', reason: 'unknown-session' }]);
  });
});

describe('what is refused ends nothing, and is one audit record', () => {
  async function refused(send: (here: Open) => Promise<{ readonly statusCode: number }>) {
    const here = await openLogout();
    const { id } = await here.session();
    const { statusCode } = await send(here);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(await here.lives(id)).toBe(true);
    expect(here.failures()).toHaveLength(1);
    return here.failures()[0]?.reason;
  }

  test('a request without a signature', async () => {
    const SAMLRequest = base64(buildLogoutRequest(request()));
    expect(await refused((here) => byPost(here, { SAMLRequest }))).toBe('ERR_SAML_SIGNATURE_REQUIRED');
  });

  test('a request that somebody else has signed', async () => {
    const SAMLRequest = base64(await signLogoutRequest(request(), signerOf(makeKeyPair('rsa'), 'rsa-sha256')));
    expect(await refused((here) => byPost(here, { SAMLRequest }))).toBe('ERR_XML_SIGNATURE');
  });

  test('an identity provider that is none of this application', async () => {
    expect(await refused((here) => byRedirect(here, { issuer: 'https://other.example' }))).toBe(
      'ERR_SAML_UNKNOWN_PARTNER',
    );
  });

  test('a request to another application', async () => {
    expect(await refused((here) => byRedirect(here, { destination: sloUrlOf('wages') }))).toBe('ERR_SAML_DESTINATION');
  });

  test('a request that has run out', async () => {
    expect(await refused((here) => byRedirect(here, { notOnOrAfter: FAKE_START - 60_000 }))).toBe('ERR_SAML_EXPIRED');
  });

  test('an answer that nobody waits for', async () => {
    const answer = {
      id: '_a',
      now: FAKE_START,
      issuer: idpEntityId,
      inResponseTo: '_none',
      status: 'Success',
    } as const;
    const SAMLResponse = base64(await signLogoutResponse({ ...answer, destination: sloUrlOf('reports') }, signer));
    expect(await refused((here) => byPost(here, { SAMLResponse }))).toBe('ERR_SAML_REPLAYED');
  });

  test('a request that comes again', async () => {
    const here = await openLogout();
    await here.session();
    await bySoap(here);
    const { id } = await here.session();
    const again = await byPost(here, { SAMLRequest: base64(await signLogoutRequest(request(), signer)) });
    expect(again.statusCode).toBeGreaterThanOrEqual(400);
    expect(await here.lives(id)).toBe(true);
    expect(here.failures().map(({ reason }) => reason)).toEqual(['ERR_SAML_REPLAYED']);
  });
});

describe('a logout that begins here', () => {
  const byPerson = { cause: 'person', sourceAddress: '192.0.2.1', browser: true } as const;

  async function begun(fixture: LogoutFixture = {}) {
    const here = await openLogout(fixture);
    const qualified = { nameQualifier: idpEntityId, spNameQualifier: spEntityId };
    const record = await here.logouts.begin({ ...(await here.session(qualified)), ...byPerson });
    if (record === undefined) throw new Error('nothing was ended');
    const at = logoutLocation(here.tickets.issue(record.id));
    const outcome = async () => (await here.logouts.find(record.id))?.participants[0]?.outcome;
    return { ...here, at, record, outcome };
  }

  async function asked(here: Awaited<ReturnType<typeof begun>>) {
    const page = await here.app.inject(here.at);
    const url = String(page.headers['refresh']).replace(/^0; url=/, '');
    const decoded = decodeRedirect(new URL(url).search.slice(1));
    if (decoded.signature === undefined) throw new Error('not signed');
    verifyRedirectSignature(decoded.signature, [spKeys.publicKey]);
    return parseLogoutRequest(parseXml(decoded.xml));
  }

  async function answered(here: Open, inResponseTo: string, status: LogoutStatus, by = signer, relayState?: string) {
    const destination = sloUrlOf('reports');
    const xml = buildLogoutResponse({
      ...{ id: '_answer', now: FAKE_START, issuer: idpEntityId, destination, inResponseTo, status },
    });
    const { pathname, search } = new URL(
      await buildRedirectUrl(destination, { parameter: 'SAMLResponse', xml, relayState }, by),
    );
    return here.app.inject(`${pathname}${search}`);
  }

  test('sends the browser there with a signed request that names person and session as it did', async () => {
    expect(await asked(await begun())).toMatchObject({
      ...{ issuer: spEntityId, destination: idpSlo('HTTP-Redirect').location, sessionIndexes: ['_s'] },
      name: { format: unspecified, value: 'mary', nameQualifier: idpEntityId, spNameQualifier: spEntityId },
    });
  });

  test.each<[LogoutStatus, string]>([
    ['Success', 'confirmed'],
    ['PartialLogout', 'refused'],
    ['UnknownPrincipal', 'refused'],
  ])('an answer of %s is noted as %s, and its RelayState leads nowhere', async (status, outcome) => {
    const here = await begun();
    const { id } = await asked(here);
    const reply = await answered(here, id, status, signer, 'https://evil.example/');
    expect(locationOf(reply)).toMatch(/^\/logout\/[\w-]+$/);
    expect(await here.outcome()).toBe(outcome);
    const page = await here.app.inject(here.at);
    expect(page.body).toContain('The university');
    expect(page.body).not.toContain('evil.example');
  });

  test('an answer that somebody else has signed is not believed', async () => {
    const here = await begun();
    const { id } = await asked(here);
    const reply = await answered(here, id, 'Success', signerOf(makeKeyPair('rsa'), 'rsa-sha256'));
    expect(reply.statusCode).toBe(403);
    expect(await here.outcome()).toBe('invalid-answer');
  });

  test('an answer at the address of another application finds no request', async () => {
    const here = await begun();
    const { id } = await asked(here);
    const xml = await signLogoutResponse(
      {
        ...{ id: '_answer', now: FAKE_START, issuer: idpEntityId, inResponseTo: id, status: 'Success' as const },
        destination: sloUrlOf('wages'),
      },
      signer,
    );
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const payload = new URLSearchParams({ SAMLResponse: base64(xml) }).toString();
    const reply = await here.app.inject({ method: 'POST', url: '/saml/sp/wages/slo', headers, payload });
    expect(reply.statusCode).toBeGreaterThanOrEqual(400);
    expect(await here.outcome()).toBe('pending');
  });

  test('goes by SOAP where its metadata has it, without the browser', async () => {
    const bodies: string[] = [];
    const here = await begun({
      services: [idpSlo('HTTP-Redirect'), idpSlo('SOAP')],
      async backChannel({ url, body }) {
        bodies.push(url);
        const document = parseXml(body);
        const said = readSoap(document);
        if (said.kind === 'fault') throw new Error('a fault');
        const { id } = parseLogoutRequest(verifyEnveloped(document, said.element, [spKeys.publicKey]));
        const answer = { id: '_a', now: FAKE_START, issuer: idpEntityId, inResponseTo: id, status: 'Success' } as const;
        const envelope = writeSoap(await signLogoutResponse(answer, signer));
        return { status: 'answered', httpStatus: 200, body: Buffer.from(envelope) };
      },
    });
    await here.telling.firstRound(here.record.id, 1000);
    expect(bodies).toEqual([idpSlo('SOAP').location]);
    expect(await here.outcome()).toBe('confirmed');
  });

  test('tells nobody there who gave no name, or has no place for it', async () => {
    const here = await openLogout({ services: [] });
    const record = await here.logouts.begin({ ...(await here.session()), ...byPerson });
    expect(record?.participants).toMatchObject([{ outcome: 'no-endpoint' }]);
  });

  test('is none for the identity provider when a session here has only run out', async () => {
    const here = await openLogout();
    const { key, entry } = await here.session();
    expect((await here.logouts.afterEnd(key, entry, 'idle')).participants).toEqual([]);
  });
});
