/** @module A sign-in elsewhere, rule by rule: bound to one browser, good once, never led astray. */
import { describe, expect, test } from 'vitest';
import type { BackChannel } from '../../../src/spi/back-channel.ts';
import { buildArtifact, sourceIdOf } from '../../../src/wire/saml/artifact.ts';
import { parseArtifactResolve, signArtifactResponse } from '../../../src/wire/saml/artifact-messages.ts';
import { issueResponse } from '../../../src/wire/saml/response.ts';
import { readSoap, writeSoap } from '../../../src/wire/saml/soap.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { signerOf } from '../../support/keys.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { acsUrl, idpEntityId, responseInput, spEntityId, ssoUrl } from '../../support/saml-input.ts';
import { application, type FixtureOptions, openServiceProvider, resumePath } from './service-provider-fixture.ts';

const workshop = createWorkshop(FAKE_START);
const idp = { keys: workshop.idp };
const open = (changes: Partial<FixtureOptions> = {}) =>
  openServiceProvider({ providers: [idp], sp: workshop.sp, ...changes });
const goesOn = new RegExp(`^${resumePath}\\?pending=`);
const answerTo = (id: string, changes = {}) => workshop.response({ inResponseTo: id, ...changes });
const codesOf = ({ auditor }: Awaited<ReturnType<typeof open>>) =>
  auditor.events.filter(({ outcome }) => outcome === 'failure').map(({ reason }) => reason);

describe('a request', () => {
  test('is ours, to the provider, for an answer by POST', async () => {
    const { browser } = await open();
    expect(await browser().begin()).toMatchObject({
      ...{ issuer: spEntityId, destination: ssoUrl, acsUrl, forceAuthn: false },
      protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      nameIdPolicy: { allowCreate: true },
    });
  });

  test('carries a RelayState that says nothing', async () => {
    const { browser } = await open();
    const { relayState, id } = await browser().begin();
    expect(relayState).toMatch(/^[0-9a-f]{32}$/);
    expect(Buffer.byteLength(relayState ?? '')).toBeLessThanOrEqual(80);
    expect(id).toContain(relayState);
  });

  test('has an ID of its own each time', async () => {
    const { browser } = await open();
    const one = browser();
    expect((await one.begin()).id).not.toBe((await one.begin()).id);
  });
});

describe('an answer', () => {
  test('begins a session for what was asked for, with the roles of the attribute', async () => {
    const { browser, auditor, sessions } = await open();
    const one = browser();
    const { id } = await one.begin();
    const answer = await one.bring(await answerTo(id));
    expect(answer).toMatchObject({ status: 303, location: expect.stringMatching(goesOn) });
    expect(await sessions.find(one.jar.get('SSO') ?? '')).toMatchObject({
      ...{ domain: 'federated', principal: 'mary', roles: ['admin', 'R&D <lab>'], mechanism: 'SAML' },
      factors: ['assertion'],
    });
    expect(auditor.events.map(({ type }) => type)).toEqual(['login', 'session-begun']);
  });

  test('leaves in the session what a logout needs', async () => {
    const { browser, sessions } = await open();
    const one = browser();
    await one.bring(await answerTo((await one.begin()).id));
    expect((await sessions.find(one.jar.get('SSO') ?? ''))?.participants).toMatchObject([
      {
        ...{ kind: 'identity-provider', name: idpEntityId, application, sessionIndex: '_session-1' },
        ...{ nameId: 'mary', nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      },
    ]);
  });

  test('ends the session no later than the provider ends its own', async () => {
    const { browser, sessions } = await open();
    const one = browser();
    const { id } = await one.begin();
    await one.bring(await answerTo(id, { sessionNotOnOrAfter: FAKE_START + 600_000 }));
    expect((await sessions.find(one.jar.get('SSO') ?? ''))?.expiresAt).toBe(FAKE_START + 600_000);
  });

  test('shows in the trace who vouched, and holds no assertion', async () => {
    const { browser, auditor } = await open();
    const one = browser();
    await one.bring(await answerTo((await one.begin()).id));
    const [login] = auditor.events;
    expect(login?.trace?.evidence).toBe('verified-response');
    expect(login?.trace?.modules[0]?.reason).toContain(`issuer ${idpEntityId}, assertion signed, asked for`);
    expect(JSON.stringify(login)).not.toMatch(/saml:Assertion|SignatureValue/);
  });

  test('takes the place of a session that was there, under a new id', async () => {
    const { browser, auditor, sessions } = await open();
    const one = browser();
    await one.bring(await answerTo((await one.begin()).id));
    const before = one.jar.get('SSO') ?? '';
    await one.bring(await answerTo((await one.begin()).id));
    expect(one.jar.get('SSO')).not.toBe(before);
    expect(await sessions.find(before)).toBeUndefined();
    expect(auditor.events.filter(({ type }) => type === 'session-ended')).toMatchObject([{ reason: 'replaced' }]);
  });

  test('in another browser than the one that asked begins nothing (login CSRF)', async () => {
    const fixture = await open();
    const [attacker, victim] = [fixture.browser(), fixture.browser()];
    const { id } = await attacker.begin();
    await victim.begin();
    const answer = await victim.bring(await answerTo(id));
    expect(answer).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_IN_RESPONSE_TO']);
    expect(victim.jar.has('SSO')).toBe(false);
  });

  test('with the cookie of whoever asked, planted in another browser, begins nothing', async () => {
    const fixture = await open();
    const [attacker, victim] = [fixture.browser(), fixture.browser()];
    const { id } = await attacker.begin();
    await victim.begin();
    victim.jar.set('WAITING', attacker.jar.get('WAITING') ?? '');
    expect(await victim.bring(await answerTo(id))).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_REQUEST_FORGED']);
  });

  test('that is kept for the redirect goes to one caller', async () => {
    const fixture = await open();
    const one = fixture.browser();
    const { id } = await one.begin();
    const taken = await one.post({ SAMLResponse: Buffer.from(await answerTo(id)).toString('base64') });
    const both = await Promise.all([one.get(taken.location ?? ''), one.get(taken.location ?? '')]);
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410]);
  });

  test('comes too late when nobody waits for it any longer', async () => {
    const fixture = await open();
    const one = fixture.browser();
    const { id } = await one.begin();
    fixture.clock.advance(600_000);
    const late = { now: FAKE_START + 600_000, notOnOrAfter: FAKE_START + 700_000 };
    expect(await one.bring(await answerTo(id, late))).toMatchObject({ status: 410 });
    expect(codesOf(fixture)).toEqual(['ERR_LOGIN_EXPIRED']);
  });

  test('is taken once, also for a second request', async () => {
    const fixture = await open();
    const one = fixture.browser();
    const response = await answerTo((await one.begin()).id);
    await one.bring(response);
    expect(await one.bring(response)).toMatchObject({ status: 400 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_REPLAYED']);
  });

  test('to a request that was answered, with an assertion of its own, begins nothing', async () => {
    const fixture = await open();
    const one = fixture.browser();
    const { id } = await one.begin();
    await one.bring(await answerTo(id));
    const session = one.jar.get('SSO');
    expect(await one.bring(await answerTo(id))).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_IN_RESPONSE_TO']);
    expect(one.jar.get('SSO')).toBe(session);
  });

  test('of any of several tabs is taken', async () => {
    const { browser } = await open();
    const one = browser();
    const [, second] = [await one.begin(), await one.begin(), await one.begin()];
    expect((await one.bring(await answerTo(second?.id ?? ''))).location).toMatch(goesOn);
  });

  test('of a tab that comes after another one has signed in finds that session, and begins none', async () => {
    const { browser, auditor } = await open();
    const one = browser();
    const [first, second] = [await one.begin(), await one.begin()];
    await one.bring(await answerTo(second.id));
    const session = one.jar.get('SSO');
    expect(await one.bring(await answerTo(first.id))).toMatchObject({ status: 303, location: `/${application}/` });
    expect(one.jar.get('SSO')).toBe(session);
    expect(auditor.events.filter(({ type }) => type === 'session-begun')).toHaveLength(1);
  });

  test.each(['https://evil.example/', '//evil.example', 'x'.repeat(2000), ''])(
    'leads to what was asked for, whatever RelayState says: %s',
    async (RelayState) => {
      const { browser } = await open();
      const one = browser();
      const answer = await one.bring(await answerTo((await one.begin()).id), { RelayState });
      expect(answer.location).toMatch(goesOn);
    },
  );

  test('to a request of another application is refused', async () => {
    const here = await open();
    const forged = (await here.browser().begin()).id.replace(/^_(.{32})/, '_00000000000000000000000000000000');
    expect(await here.browser().bring(await answerTo(forged))).toMatchObject({ status: 403 });
    expect(codesOf(here)).toEqual(['ERR_SAML_IN_RESPONSE_TO']);
  });

  test('of another provider than was asked is refused, also when it is one of ours', async () => {
    const other = 'https://other.example.com/idp';
    const fixture = await open({ providers: [idp, { entityId: other, keys: workshop.idp }] });
    const one = fixture.browser();
    const { id } = await one.begin(`?idp=${encodeURIComponent(idpEntityId)}`);
    expect(await one.bring(await answerTo(id, { issuer: other }))).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_ISSUER']);
  });

  test('of a provider that is unknown here is refused under its name', async () => {
    const fixture = await open();
    const one = fixture.browser();
    const { id } = await one.begin();
    expect(await one.bring(await answerTo(id, { issuer: 'https://stranger.example' }))).toMatchObject({ status: 403 });
    expect(fixture.auditor.events).toMatchObject([
      { type: 'saml-request-refused', reason: 'ERR_SAML_UNKNOWN_PARTNER', application: 'https://stranger.example' },
    ]);
  });

  test('from an address is refused: HTTP-Redirect carries no Response', async () => {
    const fixture = await open();
    const { deflateRawSync } = await import('node:zlib');
    const query = new URLSearchParams({ SAMLResponse: deflateRawSync(await workshop.response()).toString('base64') });
    const answer = await fixture.browser().get(`/saml/sp/${application}/acs?${query.toString()}`);
    expect(answer.status).toBe(400);
    expect(codesOf(fixture)).toEqual(['ERR_SAML_UNSUPPORTED']);
  });

  test('that asks for somebody whom the domain refuses is answered with its decision', async () => {
    const fixture = await open({ moduleOptions: { 'principal-attribute': 'nothing' } });
    const one = fixture.browser();
    const answer = await one.bring(await answerTo((await one.begin()).id));
    expect(answer.status).toBe(403);
    expect(answer.body).toContain(`Decision ${fixture.auditor.events[0]?.decision}`);
    expect(one.jar.has('SSO')).toBe(false);
  });
});

describe('an answer that nobody asked for', () => {
  const unsolicited = async () => {
    const { inResponseTo: _, ...input } = responseInput(FAKE_START, { responseId: '_r1', assertionId: '_a1' });
    return issueResponse(input, signerOf(workshop.idp, 'rsa-sha256'));
  };

  test('is refused', async () => {
    const fixture = await open();
    expect(await fixture.browser().bring(await unsolicited())).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_IN_RESPONSE_TO']);
  });

  test('lands on the front page where its provider may begin, whatever RelayState says', async () => {
    const { browser, sessions } = await open({ providers: [{ ...idp, settings: { idpInitiated: true } }] });
    const one = browser();
    const answer = await one.bring(await unsolicited(), { RelayState: 'https://evil.example/' });
    expect(answer.location).toMatch(goesOn);
    expect(await sessions.find(one.jar.get('SSO') ?? '')).toMatchObject({ principal: 'mary' });
  });

  test('is refused where people have to sign in anew: nobody was asked to', async () => {
    const fixture = await open({ providers: [{ ...idp, settings: { idpInitiated: true, forceAuthn: true } }] });
    expect(await fixture.browser().bring(await unsolicited())).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toHaveLength(1);
  });
});

describe('what a provider is asked for', () => {
  const strict = { settings: { authnContext: { comparison: 'exact', classes: ['urn:strong'] } } } as const;

  test('is asked for', async () => {
    const { browser } = await open({ providers: [{ ...idp, settings: { ...strict.settings, forceAuthn: true } }] });
    expect(await browser().begin()).toMatchObject({
      forceAuthn: true,
      requestedAuthnContext: { comparison: 'exact', classRefs: ['urn:strong'] },
    });
  });

  test('has to be in the answer: the class', async () => {
    const fixture = await open({ providers: [{ ...idp, ...strict }] });
    const one = fixture.browser();
    expect(await one.bring(await answerTo((await one.begin()).id))).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_AUTHN_STATEMENT']);
    const { id } = await one.begin();
    const right = await one.bring(await answerTo(id, { authnContextClassRef: 'urn:strong' }));
    expect(right.location).toMatch(goesOn);
  });

  test('has to be in the answer: that the person signed in anew', async () => {
    const fixture = await open({ providers: [{ ...idp, settings: { forceAuthn: true } }] });
    const one = fixture.browser();
    const old = await answerTo((await one.begin()).id, { authnInstant: FAKE_START - 60_001 });
    expect(await one.bring(old)).toMatchObject({ status: 403 });
    expect(codesOf(fixture)).toEqual(['ERR_SAML_AUTHN_STATEMENT']);
  });
});

describe('several identity providers', () => {
  const other = 'https://other.example.com/idp';
  const both = { providers: [idp, { entityId: other, keys: workshop.stranger, settings: { name: 'Other <Org>' } }] };
  const login = `/saml/sp/${application}/login`;

  test('are offered on a page', async () => {
    const { browser } = await open(both);
    const page = await browser().get(login);
    expect(page.status).toBe(200);
    expect(page.body).toContain(`idp=${encodeURIComponent(idpEntityId)}`);
    expect(page.body).toContain('Other &lt;Org&gt;');
  });

  test('are offered with the last one first', async () => {
    const { browser } = await open(both);
    const one = browser();
    await one.begin(`?idp=${encodeURIComponent(other)}`);
    const { body } = await one.get(login);
    expect(body.indexOf('Other')).toBeLessThan(body.indexOf(idpEntityId));
    expect(body).toContain('last time');
  });

  test('are no others than those of the application', async () => {
    const fixture = await open(both);
    const answer = await fixture.browser().get(`${login}?idp=${encodeURIComponent('https://evil.example')}`);
    expect(answer.status).toBe(403);
    expect(codesOf(fixture)).toEqual(['ERR_SAML_UNKNOWN_PARTNER']);
  });
});

describe('an answer by artifact', () => {
  const artifact = buildArtifact({ endpointIndex: 3, sourceId: sourceIdOf(idpEntityId), handle: new Uint8Array(20) });
  const asks: string[] = [];

  /** The provider's resolution service: it gives `message` for a question that is signed by us. */
  const service =
    (message: () => string | undefined, changes: { readonly inResponseTo?: string } = {}): BackChannel =>
    async ({ url, body }) => {
      asks.push(url);
      const document = parseXml(body);
      const said = readSoap(document);
      if (said.kind === 'fault') throw new Error('a fault');
      const question = parseArtifactResolve(verifyEnveloped(document, said.element, [workshop.sp.publicKey]));
      const answer = await signArtifactResponse(
        {
          ...{ id: '_a', now: FAKE_START, issuer: idpEntityId, inResponseTo: question.id, message: message() },
          ...changes,
        },
        signerOf(workshop.idp, 'rsa-sha256'),
      );
      return { status: 'answered', httpStatus: 200, body: Buffer.from(writeSoap(answer)) };
    };
  const at = `/saml/sp/${application}/acs?SAMLart=${encodeURIComponent(artifact)}`;

  test('is asked for, resolved by a signed question, and judged like one by POST', async () => {
    let message: string | undefined;
    const { browser, sessions } = await open({ responseBinding: 'HTTP-Artifact', backChannel: service(() => message) });
    const one = browser();
    const request = await one.begin();
    expect(request.protocolBinding).toBe('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact');
    message = await answerTo(request.id);
    const taken = await one.get(at);
    expect((await one.get(taken.location ?? '')).location).toMatch(goesOn);
    expect(await sessions.find(one.jar.get('SSO') ?? '')).toMatchObject({ principal: 'mary' });
    expect(asks.at(-1)).toBe('https://idp.example.com/artifact');
  });

  test.each([
    ['nothing behind it', () => undefined, {}, 'ERR_SAML_EXPIRED'],
    ['an answer to another question', () => undefined, { inResponseTo: '_other' }, 'ERR_SAML_IN_RESPONSE_TO'],
    ['a message that is no Response', () => '<a xmlns="urn:x"></a>', {}, 'ERR_SAML_MALFORMED'],
  ])('is refused with %s', async (_what, message, changes, code) => {
    const fixture = await open({ responseBinding: 'HTTP-Artifact', backChannel: service(message, changes) });
    const one = fixture.browser();
    await one.begin();
    const answer = await one.get(at);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(codesOf(fixture)).toEqual([code]);
  });

  test.each([
    [
      'of an unknown provider',
      buildArtifact({ endpointIndex: 3, sourceId: sourceIdOf('x'), handle: new Uint8Array(20) }),
      'ERR_SAML_UNKNOWN_PARTNER',
    ],
    [
      'for a service that is not there',
      buildArtifact({ endpointIndex: 4, sourceId: sourceIdOf(idpEntityId), handle: new Uint8Array(20) }),
      'ERR_SAML_MALFORMED',
    ],
    ['that is none', 'AAAA', 'ERR_SAML_MALFORMED'],
  ])('is refused: one %s', async (_what, made, code) => {
    const fixture = await open({ responseBinding: 'HTTP-Artifact' });
    await fixture.browser().get(`/saml/sp/${application}/acs?SAMLart=${encodeURIComponent(made)}`);
    expect(codesOf(fixture)).toEqual([code]);
  });

  test('is refused where the application wants none', async () => {
    const fixture = await open();
    await fixture.browser().get(at);
    expect(codesOf(fixture)).toEqual(['ERR_SAML_UNSUPPORTED']);
  });

  test('is answered 503 when the provider cannot be reached', async () => {
    const fixture = await open({ responseBinding: 'HTTP-Artifact' });
    expect(await fixture.browser().get(at)).toMatchObject({ status: 503 });
  });
});

test('an application that is none has no endpoints', async () => {
  const { browser } = await open();
  for (const path of ['metadata', 'login', 'acs', 'continue?answer=x']) {
    expect((await browser().get(`/saml/sp/nobody/${path}`)).status).toBe(404);
  }
});
