/** @module The clinic on everything that people bring: each kind of message on each side, in each form in which it can be pasted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signArtifactResponse } from '../../src/wire/saml/artifact-messages.ts';
import { buildLogoutRequest, signLogoutRequest } from '../../src/wire/saml/logout-request.ts';
import { signLogoutResponse } from '../../src/wire/saml/logout-response.ts';
import { buildRedirectUrl } from '../../src/wire/saml/redirect-writer.ts';
import { writeSoap } from '../../src/wire/saml/soap.ts';
import { encryptElement } from '../../src/wire/xml/encrypt.ts';
import { FAKE_START } from '../support/fake-clock.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { signerOf } from '../support/keys.ts';
import { createWorkshop } from '../support/saml-corpus/workshop.ts';
import { acsUrl, idpEntityId, sloUrl, spEntityId, ssoUrl } from '../support/saml-input.ts';
import { entity, key, namespaces, protocol, simpleAcs } from '../support/sp-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clinic-kinds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const workshop = createWorkshop(FAKE_START);
const at = new Date(FAKE_START).toISOString();
const idpSigner = signerOf(workshop.idp, 'rsa-sha256');
const spSigner = signerOf(workshop.sp, 'rsa-sha256');
const idpMetadata = file(
  'idp.xml',
  `<md:EntityDescriptor ${namespaces} entityID="${idpEntityId}"><md:IDPSSODescriptor protocolSupportEnumeration="${protocol}">${key(workshop.idp)}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/></md:IDPSSODescriptor></md:EntityDescriptor>`,
);
const spMetadata = file('sp.xml', entity({ entityId: spEntityId, role: `${key(workshop.sp)}${simpleAcs}` }));
const sides = {
  sp: ['--as', 'sp', '--entity-id', spEntityId, '--partner-metadata', idpMetadata, '--at', at],
  idp: ['--as', 'idp', '--entity-id', idpEntityId, '--partner-metadata', spMetadata, '--at', at],
} as const;
const spSlo = 'https://sp.example.com/slo';

async function check(content: string | Uint8Array, ...flags: readonly string[]) {
  const { code, output } = await gatehouse('saml-check', file('message', content), ...flags, '--json');
  return { code, verdict: JSON.parse(output) };
}

const name = { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: 'mary' };
const logoutInput = (as: 'sp' | 'idp') => ({
  id: '_logout-1',
  now: FAKE_START,
  issuer: as === 'idp' ? spEntityId : idpEntityId,
  destination: as === 'idp' ? sloUrl : spSlo,
  notOnOrAfter: FAKE_START + 60_000,
  name,
  sessionIndex: '_session-1',
});
const signerTo = (as: 'sp' | 'idp') => (as === 'idp' ? spSigner : idpSigner);
const answerInput = (as: 'sp' | 'idp', status: 'Success' | 'PartialLogout' = 'Success') => ({
  id: '_answer-1',
  now: FAKE_START,
  issuer: as === 'idp' ? spEntityId : idpEntityId,
  destination: as === 'idp' ? sloUrl : spSlo,
  inResponseTo: '_logout-2',
  status,
});

let response: string;
beforeAll(async () => {
  response = await workshop.response();
});

describe.each(['sp', 'idp'] as const)('as %s', (as) => {
  const slo = as === 'sp' ? ['--slo', spSlo] : [];
  const flags = [...sides[as], ...slo];

  test('a LogoutRequest is judged: whose session, at whom', async () => {
    const { code, verdict } = await check(await signLogoutRequest(logoutInput(as), signerTo(as)), ...flags);
    expect([code, verdict]).toMatchObject([
      0,
      {
        verdict: 'accept',
        kind: 'LogoutRequest',
        subject: 'mary',
        sessionIndexes: ['_session-1'],
        requestId: '_logout-1',
        unchecked: [],
      },
    ]);
  });

  test('a LogoutRequest in a SOAP envelope and one in the address of a redirect are judged', async () => {
    const inSoap = await check(writeSoap(await signLogoutRequest(logoutInput(as), signerTo(as))), ...flags);
    const redirect = { parameter: 'SAMLRequest', xml: buildLogoutRequest(logoutInput(as)) } as const;
    const inUrl = await check(await buildRedirectUrl(logoutInput(as).destination, redirect, signerTo(as)), ...flags);
    expect([inSoap.verdict.subject, inUrl.verdict.subject]).toEqual(['mary', 'mary']);
  });

  test.each([
    ['unsigned', async () => buildLogoutRequest(logoutInput(as)), 'ERR_SAML_SIGNATURE_REQUIRED', 'signature-missing'],
    [
      'for another address',
      async () => signLogoutRequest({ ...logoutInput(as), destination: 'https://x.example.com/' }, signerTo(as)),
      'ERR_SAML_DESTINATION',
      'destination',
    ],
    [
      'from yesterday',
      async () => signLogoutRequest({ ...logoutInput(as), now: FAKE_START - 86_400_000 }, signerTo(as)),
      'ERR_SAML_EXPIRED',
      'issue-instant',
    ],
    [
      'by the wrong key',
      async () => signLogoutRequest(logoutInput(as), signerOf(workshop.stranger, 'rsa-sha256')),
      'ERR_XML_SIGNATURE',
      'signature-key',
    ],
    [
      'of nobody',
      async () => signLogoutRequest({ ...logoutInput(as), issuer: 'urn:nobody' }, signerTo(as)),
      'ERR_SAML_UNKNOWN_PARTNER',
      'issuer',
    ],
  ] as const)('a LogoutRequest that is %s is refused with its reason', async (_what, make, code, check_) => {
    const { code: exit, verdict } = await check(await make(), ...flags);
    expect([exit, verdict]).toMatchObject([
      1,
      { verdict: 'refuse', kind: 'LogoutRequest', code, check: check_, clause: expect.stringMatching(/§/) },
    ]);
  });

  test('a LogoutResponse is judged against the request that was sent', async () => {
    const message = await signLogoutResponse(answerInput(as), signerTo(as));
    const right = await check(message, ...flags, '--in-response-to', '_logout-2');
    expect([right.code, right.verdict]).toMatchObject([
      0,
      { kind: 'LogoutResponse', outcome: 'confirmed', inResponseTo: '_logout-2', unchecked: [] },
    ]);
    const other = await check(message, ...flags, '--in-response-to', '_other');
    expect([other.code, other.verdict.code]).toEqual([1, 'ERR_SAML_IN_RESPONSE_TO']);
    const unsaid = await check(message, ...flags);
    expect([unsaid.code, unsaid.verdict.unchecked]).toEqual([0, ['in-response-to']]);
  });

  test('a LogoutResponse that says that not everybody was reached is accepted, and says so', async () => {
    const message = await signLogoutResponse(answerInput(as, 'PartialLogout'), signerTo(as));
    const { code, verdict } = await check(message, ...flags, '--in-response-to', '_logout-2');
    expect([code, verdict.outcome, verdict.detail]).toEqual([
      0,
      'refused',
      'urn:oasis:names:tc:SAML:2.0:status:PartialLogout',
    ]);
  });
});

test('a name that is encrypted in a LogoutRequest is opened with --decrypt-key', async () => {
  const recipient = { publicKey: workshop.sp.publicKey, cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' } as const;
  const encrypt = (xml: string) => encryptElement(xml, recipient, (length) => new Uint8Array(length).fill(7));
  const message = await signLogoutRequest({ ...logoutInput('sp'), encrypt }, idpSigner);
  const opened = await check(
    message,
    ...sides.sp,
    '--slo',
    spSlo,
    '--decrypt-key',
    file('sp.key', workshop.sp.privateKeyPem),
  );
  expect([opened.code, opened.verdict.subject]).toEqual([0, 'mary']);
  const closed = await check(message, ...sides.sp, '--slo', spSlo);
  expect([closed.code, closed.verdict.code]).toEqual([1, 'ERR_XML_ENCRYPTION']);
});

describe('an ArtifactResponse', () => {
  const expected = ['--acs', acsUrl, '--in-response-to', '_request-1'];
  const around = (message: string | undefined, signer = idpSigner) =>
    signArtifactResponse(
      { id: '_art-1', now: FAKE_START, issuer: idpEntityId, inResponseTo: '_resolve-1', message },
      signer,
    );

  test('is opened, and the Response in it judged', async () => {
    const { code, verdict } = await check(writeSoap(await around(response)), ...sides.sp, ...expected);
    expect([code, verdict]).toMatchObject([
      0,
      { kind: 'ArtifactResponse', subject: 'mary', unchecked: ['artifact-resolve-id'] },
    ]);
  });

  test('without a message says that the artifact was used, and by another key that it was not the provider', async () => {
    const empty = await check(await around(undefined), ...sides.sp, ...expected);
    expect([empty.code, empty.verdict.code]).toEqual([1, 'ERR_SAML_EXPIRED']);
    const foreign = await check(
      await around(response, signerOf(workshop.stranger, 'rsa-sha256')),
      ...sides.sp,
      ...expected,
    );
    expect([foreign.code, foreign.verdict.check]).toEqual([1, 'signature-key']);
  });

  test('around a Response that was changed is refused', async () => {
    const changed = await check(await around(response.replace('>mary<', '>admin<')), ...sides.sp, ...expected);
    expect([changed.code, changed.verdict.code]).toEqual([1, 'ERR_XML_SIGNATURE']);
  });
});

describe('what is something else', () => {
  const flags = [...sides.sp, '--acs', acsUrl, '--in-response-to', '_request-1'];
  test.each([
    ['metadata', `<md:EntityDescriptor ${namespaces} entityID="x"/>`, 'gatehouse metadata lint'],
    [
      'an assertion alone',
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
      'without the Response',
    ],
    [
      'a request of the other side',
      '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
      '--as idp',
    ],
    ['a message of SAML 1.1', '<Response xmlns="urn:oasis:names:tc:SAML:1.0:protocol"/>', 'SAML 1.1'],
    [
      'WS-Federation',
      '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust"/>',
      'WS-Federation',
    ],
    ['a web page', '<html><body></body></html>', 'web page'],
    [
      'a logout message at the assertion consumer service',
      '<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>',
      '--slo',
    ],
  ])('%s is refused, and it is said what it is', async (_what, document, advice) => {
    const { code, verdict } = await check(document, ...flags);
    expect([code, verdict.code]).toEqual([1, 'ERR_SAML_MALFORMED']);
    expect(verdict.fix).toContain(advice);
  });
});

describe('the forms in which a message is pasted', () => {
  const flags = [...sides.sp, '--acs', acsUrl, '--in-response-to', '_request-1'];
  const base64 = () => Buffer.from(response).toString('base64');
  const formBody = () => new URLSearchParams({ SAMLResponse: base64(), RelayState: 'a b' }).toString();
  const har = () =>
    JSON.stringify({
      log: {
        version: '1.2',
        entries: [
          { request: { method: 'GET', url: 'https://sp.example.com/' } },
          {
            request: {
              method: 'POST',
              url: acsUrl,
              postData: { mimeType: 'application/x-www-form-urlencoded', text: formBody() },
            },
          },
          { request: { method: 'GET', url: 'https://sp.example.com/home' } },
        ],
      },
    });

  test.each<readonly [string, () => string]>([
    ['XML', () => response],
    ['base64', base64],
    ['base64 in lines', () => base64().replace(/.{64}/g, '$&\r\n')],
    ['base64 with escapes', () => encodeURIComponent(base64())],
    ['the body of a form', formBody],
    ['the body of a form in which nobody has escaped anything', () => `SAMLResponse=${base64()}`],
    ['the recording of a browser', har],
  ])('%s', async (_what, make) => {
    const { code, verdict } = await check(make(), ...flags);
    expect([code, verdict.subject]).toEqual([0, 'mary']);
  });

  const request = `<samlp:AuthnRequest xmlns:samlp="${protocol}" Destination="${ssoUrl}" ID="_1" IssueInstant="${at}" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${spEntityId}</saml:Issuer></samlp:AuthnRequest>`;
  const value = deflateRawSync(request).toString('base64');
  test.each([
    ['a whole address', `${ssoUrl}?SAMLRequest=${encodeURIComponent(value)}&RelayState=x#top`],
    ['a query', `SAMLRequest=${encodeURIComponent(value)}`],
    ['the value of the parameter, as it stands there', encodeURIComponent(value)],
    ['the value of the parameter, decoded', value],
    [
      'a recording',
      JSON.stringify({
        log: { entries: [{ request: { url: `${ssoUrl}?SAMLRequest=${encodeURIComponent(value)}` } }] },
      }),
    ],
  ])('a redirect: %s', async (_what, text) => {
    const { code, verdict } = await check(text, ...sides.idp);
    expect([code, verdict.request?.id]).toEqual([0, '_1']);
  });
});
