/** @module Single sign-on of one accepted request, rule by rule: live session, ForceAuthn, IsPassive, parked and resumed, answered once. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createMemorySsoStore } from '../../../src/adapters/memory-sso-store.ts';
import { createAuditTrail } from '../../../src/engine/audit-trail.ts';
import { createPendingLogins } from '../../../src/engine/pending-logins.ts';
import { createSsoSessions } from '../../../src/engine/sso-sessions.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import { createBrowserKey } from '../../../src/http/browser-key.ts';
import { createOpaqueCookie } from '../../../src/http/cookies.ts';
import { createLiveSessions } from '../../../src/http/live-session.ts';
import { createParking } from '../../../src/http/parking.ts';
import { fixedPartners } from '../../../src/metadata/partners.ts';
import type { AcceptedRequest } from '../../../src/protocols/saml-idp/accepted-request.ts';
import { createAnswers } from '../../../src/protocols/saml-idp/answer.ts';
import type { Artifacts } from '../../../src/protocols/saml-idp/artifacts.ts';
import { createAuthnContexts, defaultAuthnContexts } from '../../../src/protocols/saml-idp/authn-context.ts';
import { createCarrier } from '../../../src/protocols/saml-idp/carrier.ts';
import { createNameIdSource } from '../../../src/protocols/saml-idp/name-id.ts';
import { createPartner } from '../../../src/protocols/saml-idp/partner.ts';
import { continuePath, createSignOn } from '../../../src/protocols/saml-idp/sign-on.ts';
import { createRequestUse } from '../../../src/saml/request-use.ts';
import type { Factor } from '../../../src/spi/factors.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { decodeRedirect, verifyRedirectSignature } from '../../../src/wire/saml/bindings.ts';
import { authnContextClasses } from '../../../src/wire/saml/constants.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { createRecordingAuditor } from '../../support/recording-auditor.ts';
import { attributesOf, statusOf, textsOf } from '../../support/saml-answer.ts';
import { acsUrl, idpEntityId, spEntityId } from '../../support/saml-input.ts';

const pair = makeKeyPair('ec');
const signer = signerOf(pair, 'ecdsa-sha256');
const accepted = { partner: spEntityId, id: '_1', acsUrl, relayState: 'state', forceAuthn: false, isPassive: false };

async function open(provable: readonly Factor[] = ['password', 'one-time-code']) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const audit = createAuditTrail({ providers: [auditor], node: 'node1', clock, random });
  const ephemeral = createMemoryEphemeralStore({ clock });
  const key = new Secret(new Uint8Array(32));
  const store = createMemorySsoStore({ clock });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 600_000, lifetimeMs: 3_600_000 });
  const pendingLogins = createPendingLogins({ key, store: ephemeral, clock, random, ttlMs: 600_000 });
  const sessionCookie = createOpaqueCookie('SSO');
  const browserKey = createBrowserKey({ random, cookieName: 'BROWSER' });
  const nameIds = createNameIdSource({ pairwiseKey: key, random, scope: 'example.com' });
  const authnContexts = createAuthnContexts(defaultAuthnContexts);
  const artifacts: Artifacts = {
    issue: async () => 'AAQ+artifact',
    resolve: () => Promise.reject(new Error('nobody asks')),
  };
  const assertionConsumerServices = [{ binding: 'HTTP-POST', location: acsUrl, index: 0 } as const];
  const partner = createPartner(
    {
      entityId: spEntityId,
      signingKeys: [],
      encryptionKeys: [],
      assertionConsumerServices,
      singleLogoutServices: [],
      nameIdFormats: [],
      authnRequestsSigned: false,
    },
    { name: 'Archive', sign: 'assertion', roleAttribute: 'Role' },
  );
  const signOn = createSignOn({
    domain: 'idp-domain',
    entrance: 'saml-idp',
    partners: fixedPartners([partner]),
    answers: createAnswers({
      entityId: idpEntityId,
      ...{
        signerFor: () => signer,
        clock,
        random,
        nameIds,
        authnContexts,
        kept: { keep: async () => undefined },
        assertionLifetimeMs: 300_000,
        clockSkewMs: 60_000,
      },
    }),
    carry: createCarrier({ artifacts, signerFor: () => signer }),
    nameIds,
    authnContexts,
    provable,
    requestUse: createRequestUse({ ephemeral, keepMs: 1_000_000 }),
    sessions,
    liveSession: createLiveSessions({ sessionCookie, find: sessions.find }),
    parking: createParking({ pendingLogins, browserKey, clock }),
    audit,
    clock,
  });
  const silent = () => undefined;
  const app = await createHttpApp({
    logger: { info: silent, warn: silent, error: silent },
    trustedProxies: [],
    recordRefusal: async () => 'refusal',
  });
  onTestFinished(() => app.close());
  let next: AcceptedRequest = accepted;
  app.get('/begin', (request, reply) => signOn.begin(request, reply, next));
  app.post('/begin', (_request, reply) => signOn.beginByRedirect(reply, next));
  app.get(continuePath, (request, reply) => signOn.resume(request, reply));

  const cookies = new Map<string, string>();
  async function send(method: 'GET' | 'POST', url: string, jar: ReadonlyMap<string, string> = cookies) {
    const answer = await app.inject({ method, url, cookies: Object.fromEntries(jar) });
    for (const { name, value } of answer.cookies) cookies.set(name, value);
    const message = /name="SAMLResponse" value="([^"]*)"/.exec(answer.body)?.[1];
    const xml = message === undefined ? '' : Buffer.from(message, 'base64').toString('utf8');
    const { location, refresh } = answer.headers;
    return { status: answer.statusCode, location, refresh, body: answer.body, xml };
  }
  const begin = (changes: Partial<AcceptedRequest> = {}, method: 'GET' | 'POST' = 'GET') => {
    next = { ...accepted, ...changes };
    return send(method, '/begin');
  };
  async function signIn(domain = 'idp-domain', factors: readonly Factor[] = ['password']): Promise<string> {
    const callerPrincipal = { name: 'eric', type: 'user' } as const;
    const subject = { callerPrincipal, principals: [callerPrincipal], roles: ['all'], groups: {}, attributes: {} };
    const facts = { mechanism: 'FORM', factors, confidential: true, decision: 'D1', sourceAddress: '192.0.2.1' };
    const { id } = await sessions.begin({ domain, subject, ...facts });
    cookies.set('SSO', id);
    return id;
  }
  /** What the sign-in page resumes for a parked login that is at this address. */
  const resume = (location: string | undefined, jar?: ReadonlyMap<string, string>) =>
    send('GET', `${continuePath}?pending=${(location ?? '').replace('/login/', '')}`, jar);
  const responses = () => auditor.events.filter(({ type }) => type === 'saml-response-issued');
  return { clock, cookies, begin, send, signIn, resume, responses, sessions };
}

describe('with a live session', () => {
  test('the partner is answered at once, about the person of the session', async () => {
    const { begin, signIn } = await open();
    await signIn();
    const { status, xml, body } = await begin();
    expect([status, statusOf(xml)]).toEqual([200, ['Success']]);
    expect(textsOf(xml, 'NameID')).toEqual(['eric']);
    expect(body).toContain(`action="${acsUrl}"`);
    expect(body).toContain('name="RelayState" value="state"');
  });

  test('the partner takes part in it, under the index that the assertion names', async () => {
    const { begin, signIn, sessions } = await open();
    const id = await signIn();
    const { xml } = await begin();
    const [participant] = (await sessions.find(id))?.participants ?? [];
    expect(participant).toMatchObject({ kind: 'saml', name: spEntityId, nameId: 'eric' });
    expect(xml).toContain(`SessionIndex="${participant?.sessionIndex}"`);
  });

  test('the answer is recorded with the decision that began it', async () => {
    const { begin, signIn, responses } = await open();
    await signIn();
    await begin();
    expect(responses()).toMatchObject([
      { outcome: 'success', reason: 'Success', principal: 'eric', decision: 'D1', application: spEntityId },
    ]);
  });

  test('one request is answered once', async () => {
    const { begin, signIn, responses } = await open();
    await signIn();
    await begin();
    const again = await begin();
    expect([again.status, again.xml]).toEqual([400, '']);
    expect(responses()).toHaveLength(1);
  });

  test('nobody asked: every start is answered', async () => {
    const { begin, signIn } = await open();
    await signIn();
    for (const round of [1, 2])
      expect([round, statusOf((await begin({ id: undefined })).xml)]).toEqual([round, ['Success']]);
  });

  test('of another security domain counts as none', async () => {
    const { begin, signIn } = await open();
    await signIn('other-domain');
    expect((await begin()).location).toMatch(/^\/login\//);
  });

  test('about a person who is somebody else the partner gets no assertion, and it does not join', async () => {
    const { begin, signIn, sessions, responses } = await open();
    const id = await signIn();
    const { xml } = await begin({ subject: { value: 'mary' } });
    expect(statusOf(xml)).toEqual(['Responder', 'AuthnFailed']);
    expect((await sessions.find(id))?.participants).toEqual([]);
    expect(responses()).toMatchObject([{ outcome: 'failure', reason: 'AuthnFailed' }]);
  });
});

describe('without a session', () => {
  test('the request is parked and the person is sent to sign in', async () => {
    const { begin, responses } = await open();
    const { status, location } = await begin();
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/login\/[A-Za-z0-9_-]+$/)]);
    expect(responses()).toEqual([]);
  });

  test('IsPassive is answered NoPassive, and nobody is asked', async () => {
    const { begin, responses } = await open();
    const { status, xml, location } = await begin({ isPassive: true });
    expect([status, location, statusOf(xml)]).toEqual([200, undefined, ['Responder', 'NoPassive']]);
    expect(responses()).toMatchObject([{ outcome: 'failure', reason: 'NoPassive' }]);
  });

  test('what was parked is answered after the login', async () => {
    const { begin, resume, signIn } = await open();
    const { location } = await begin();
    await signIn();
    expect(statusOf((await resume(location)).xml)).toEqual(['Success']);
  });

  test('what was parked is answered once', async () => {
    const { begin, resume, signIn, responses } = await open();
    const { location } = await begin();
    await signIn();
    await resume(location);
    expect((await resume(location)).status).toBeGreaterThanOrEqual(400);
    expect(responses()).toHaveLength(1);
  });

  test('another browser cannot go on with what was parked', async () => {
    const { begin, cookies, resume, signIn } = await open();
    const { location } = await begin();
    await signIn();
    const theirs = new Map([['SSO', cookies.get('SSO') ?? '']]);
    expect(await resume(location, theirs)).toMatchObject({ status: 403, xml: '' });
  });

  test('whoever comes back without having signed in is sent to sign in again', async () => {
    const { begin, resume } = await open();
    const { location } = await begin();
    expect((await resume(location)).location).toMatch(/^\/login\//);
  });
});

describe('ForceAuthn', () => {
  test('sends to sign in whoever has a session', async () => {
    const { begin, signIn } = await open();
    await signIn();
    expect((await begin({ forceAuthn: true })).location).toMatch(/^\/login\//);
  });

  test('is not satisfied by a session that began before the request', async () => {
    const { begin, clock, resume, signIn } = await open();
    await signIn();
    clock.advance(1);
    const { location } = await begin({ forceAuthn: true });
    expect((await resume(location)).location).toMatch(/^\/login\//);
  });

  test('is satisfied by a login after it', async () => {
    const { begin, clock, resume, signIn } = await open();
    await signIn();
    clock.advance(1);
    const { location } = await begin({ forceAuthn: true });
    clock.advance(1);
    await signIn();
    expect(statusOf((await resume(location)).xml)).toEqual(['Success']);
  });

  test('with IsPassive can only be refused', async () => {
    const { begin, signIn } = await open();
    await signIn();
    expect(statusOf((await begin({ forceAuthn: true, isPassive: true })).xml)).toEqual(['Responder', 'NoPassive']);
  });
});

describe('a request that came by POST, without the cookies', () => {
  test('goes on by a redirect, on which they come', async () => {
    const { begin, send, signIn } = await open();
    await signIn();
    const { status, location } = await begin({}, 'POST');
    expect([status, location]).toEqual([303, expect.stringMatching(/^\/saml\/idp\/continue\?pending=/)]);
    expect(statusOf((await send('GET', location ?? '')).xml)).toEqual(['Success']);
  });

  test('is bound to the browser that comes first, when that has to sign in', async () => {
    const { begin, resume, send, signIn } = await open();
    const { location } = await begin({}, 'POST');
    const bound = await send('GET', location ?? '');
    expect(bound.location).toMatch(/^\/login\//);
    await signIn();
    expect((await resume(bound.location, new Map())).status).toBe(403);
    expect(statusOf((await resume(bound.location)).xml)).toEqual(['Success']);
  });

  test('IsPassive is answered NoPassive there too', async () => {
    const { begin, send } = await open();
    const { location } = await begin({ isPassive: true }, 'POST');
    expect(statusOf((await send('GET', location ?? '')).xml)).toEqual(['Responder', 'NoPassive']);
  });
});

describe('going on', () => {
  test.each([
    ['', 400],
    ['?pending=a&pending=b', 400],
    ['?pending=', 410],
    ['?pending=nothing', 410],
  ])('with %j is refused', async (query, status) => {
    const { send, signIn } = await open();
    await signIn();
    expect((await send('GET', `${continuePath}${query}`)).status).toBe(status);
  });

  test('too late is refused', async () => {
    const { begin, clock, resume } = await open();
    const { location } = await begin();
    clock.advance(600_001);
    expect((await resume(location)).status).toBe(410);
  });
});

const { refedsMfa, passwordProtectedTransport, kerberos } = authnContextClasses;
const exactly = (...classRefs: string[]) => ({ comparison: 'exact', classRefs });

describe('a request for a stronger login than the session has', () => {
  test('asks the person to sign in anew', async () => {
    const { begin, signIn } = await open();
    await signIn();
    expect((await begin({ authnContext: exactly(refedsMfa) })).location).toMatch(/^\/login\//);
  });

  test('is answered when that login has shown it, in the words of the request', async () => {
    const { begin, clock, resume, signIn } = await open();
    await signIn();
    clock.advance(1000);
    const { location } = await begin({ authnContext: exactly(refedsMfa) });
    clock.advance(1000);
    await signIn('idp-domain', ['password', 'one-time-code']);
    const { xml } = await resume(location);
    expect([statusOf(xml), textsOf(xml, 'AuthnContextClassRef')]).toEqual([['Success'], [refedsMfa]]);
  });

  test('is answered NoAuthnContext when that login has not, instead of asking again and again', async () => {
    const { begin, clock, resume, signIn } = await open();
    await signIn();
    clock.advance(1000);
    const { location } = await begin({ authnContext: exactly(refedsMfa) });
    clock.advance(1000);
    await signIn();
    expect(statusOf((await resume(location)).xml)).toEqual(['Responder', 'NoAuthnContext']);
  });

  test('is not satisfied by the session that was not enough', async () => {
    const { begin, clock, resume, signIn } = await open();
    await signIn();
    clock.advance(1000);
    const { location } = await begin({ authnContext: exactly(refedsMfa) });
    expect((await resume(location)).location).toMatch(/^\/login\//);
  });

  test('is stepped up to from a cross-site POST too', async () => {
    const { begin, clock, resume, send, signIn } = await open();
    await signIn();
    clock.advance(1000);
    const { location } = await begin({ authnContext: exactly(refedsMfa) }, 'POST');
    const asked = await send('GET', location ?? '');
    expect(asked.location).toMatch(/^\/login\//);
    clock.advance(1000);
    await signIn('idp-domain', ['password', 'one-time-code']);
    expect(statusOf((await resume(asked.location)).xml)).toEqual(['Success']);
  });

  test('with IsPassive is answered NoPassive: nobody may be asked', async () => {
    const { begin, signIn } = await open();
    await signIn();
    const { xml } = await begin({ authnContext: exactly(refedsMfa), isPassive: true });
    expect(statusOf(xml)).toEqual(['Responder', 'NoPassive']);
  });

  test('that nobody here can show is answered NoAuthnContext at once, signed in or not', async () => {
    const { begin, signIn } = await open(['password']);
    expect(statusOf((await begin({ authnContext: exactly(kerberos) })).xml)).toEqual(['Responder', 'NoAuthnContext']);
    await signIn();
    expect(statusOf((await begin({ authnContext: exactly(kerberos) })).xml)).toEqual(['Responder', 'NoAuthnContext']);
  });

  test('is none where the session is strong enough', async () => {
    const { begin, signIn } = await open();
    await signIn('idp-domain', ['password', 'one-time-code']);
    const { xml } = await begin({ authnContext: exactly(passwordProtectedTransport) });
    expect(textsOf(xml, 'AuthnContextClassRef')).toEqual([passwordProtectedTransport]);
  });
});

describe('a request that nobody can fulfil', () => {
  test.each(['GET', 'POST'] as const)('by %s is answered without asking anybody, and is recorded', async (method) => {
    const { begin, responses, send } = await open();
    const refusal = { fault: 'Requester', status: 'InvalidNameIDPolicy' } as const;
    const first = await begin({ refusal }, method);
    const { xml } = method === 'GET' ? first : await send('GET', first.location ?? '');
    expect(statusOf(xml)).toEqual(['Requester', 'InvalidNameIDPolicy']);
    expect(responses()).toMatchObject([{ outcome: 'failure', reason: 'InvalidNameIDPolicy' }]);
  });
});

describe('conditions of the request', () => {
  test('shorten the assertion, and say that it is for one use', async () => {
    const { begin, clock, signIn } = await open();
    await signIn();
    const notOnOrAfter = clock.now() + 10_000;
    const { xml } = await begin({ notOnOrAfter, oneTimeUse: true });
    expect(attributesOf(xml, 'Conditions')['NotOnOrAfter']).toBe(new Date(notOnOrAfter).toISOString());
    expect(xml).toContain('<saml:OneTimeUse>');
  });

  test('that have passed while the person signed in leave nothing to issue', async () => {
    const { begin, clock, resume, signIn } = await open();
    const { location } = await begin({ notOnOrAfter: clock.now() + 10_000 });
    clock.advance(10_000);
    await signIn();
    expect(statusOf((await resume(location)).xml)).toEqual(['Requester', 'RequestDenied']);
  });
});

describe('an answer by another binding', () => {
  test('HTTP-Artifact is an address with an artifact and the RelayState', async () => {
    const { begin, signIn, responses } = await open();
    await signIn();
    const { status, location } = await begin({ binding: 'HTTP-Artifact', acsUrl: `${acsUrl}?x=1` });
    expect([status, location]).toEqual([303, `${acsUrl}?x=1&SAMLart=AAQ%2Bartifact&RelayState=state`]);
    expect(responses()).toMatchObject([{ outcome: 'success' }]);
  });

  test('HTTP-Redirect is an address whose signature stands beside the message', async () => {
    const { begin, signIn } = await open();
    await signIn();
    const { status, location } = await begin({ binding: 'HTTP-Redirect' });
    expect(status).toBe(303);
    const decoded = decodeRedirect((location ?? '').split('?')[1] ?? '');
    expect([decoded.parameter, decoded.relayState, statusOf(decoded.xml)]).toEqual([
      'SAMLResponse',
      'state',
      ['Success'],
    ]);
    expect(decoded.xml.indexOf('<ds:Signature')).toBeGreaterThan(decoded.xml.indexOf('<saml:Assertion'));
    if (decoded.signature === undefined) throw new Error('not signed');
    verifyRedirectSignature(decoded.signature, [pair.publicKey]);
  });

  test('goes on from a page after a login, because a form may not lead to another host', async () => {
    const { begin, resume, signIn } = await open();
    const { location } = await begin({ binding: 'HTTP-Artifact' });
    await signIn();
    const { status, body, refresh } = await resume(location);
    expect([status, refresh]).toEqual([200, `0;url=${acsUrl}?SAMLart=AAQ%2Bartifact&RelayState=state`]);
    expect(body).toContain(`href="${acsUrl}?SAMLart=AAQ%2Bartifact&amp;RelayState=state"`);
  });

  test('HTTP-Redirect carries a refusal too', async () => {
    const { begin } = await open();
    const { location } = await begin({ binding: 'HTTP-Redirect', isPassive: true });
    const decoded = decodeRedirect((location ?? '').split('?')[1] ?? '');
    expect(statusOf(decoded.xml)).toEqual(['Responder', 'NoPassive']);
    expect(decoded.xml).not.toContain('<ds:Signature');
  });
});
