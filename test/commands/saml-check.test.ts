/** @module The clinic as a person runs it: files in, a verdict and an exit code out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAKE_START } from '../support/fake-clock.ts';
import { gatehouse } from '../support/gatehouse-command.ts';
import { corpus } from '../support/saml-corpus/corpus.ts';
import { createWorkshop } from '../support/saml-corpus/workshop.ts';
import { acsUrl, idpEntityId, spEntityId, ssoUrl } from '../support/saml-input.ts';
import { entity, key, namespaces, protocol } from '../support/sp-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-clinic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

const workshop = createWorkshop(FAKE_START);
const at = new Date(FAKE_START).toISOString();
const idpMetadata = file(
  'idp.xml',
  `<md:EntityDescriptor ${namespaces} entityID="${idpEntityId}"><md:IDPSSODescriptor protocolSupportEnumeration="${protocol}">${key(workshop.idp)}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${ssoUrl}"/></md:IDPSSODescriptor></md:EntityDescriptor>`,
);
const spMetadata = file('sp.xml', entity({ entityId: spEntityId }));
const spKey = file('sp.key', workshop.sp.privateKeyPem);
const sp = ['--as', 'sp', '--entity-id', spEntityId, '--partner-metadata', idpMetadata, '--at', at];
const expected = ['--acs', acsUrl, '--in-response-to', '_request-1'];
const request = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${ssoUrl}" ID="_1" IssueInstant="${at}" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${spEntityId}</saml:Issuer></samlp:AuthnRequest>`;
const idp = ['--as', 'idp', '--entity-id', idpEntityId, '--partner-metadata', spMetadata, '--at', at];

let response: string;
beforeAll(async () => {
  response = await workshop.response();
  file('response.xml', response);
  file('response.b64', Buffer.from(response).toString('base64').replace(/.{76}/g, '$&\n'));
});
const inFolder = (name: string) => join(folder, name);

/** A batch of lines; the verdicts, and the exit code. */
async function batch(lines: readonly unknown[], ...flags: readonly string[]) {
  const cases = file('cases.jsonl', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  const { output, code } = await gatehouse('saml-check', '--batch', cases, ...flags);
  return {
    code,
    verdicts: output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

describe('a Response', () => {
  test.each(['response.xml', 'response.b64'])('that is right is accepted, from %s', async (name) => {
    const { code, output } = await gatehouse('saml-check', inFolder(name), ...sp, ...expected, '--json');
    expect([code, JSON.parse(output)]).toMatchObject([
      0,
      {
        verdict: 'accept',
        subject: 'mary',
        sessionIndex: '_session-1',
        attributes: { Role: ['admin', 'R&D <lab>'] },
        unchecked: [],
      },
    ]);
  });

  test('that is refused says which check, the clause, whose fault, and the fix', async () => {
    const other = ['--acs', acsUrl, '--in-response-to', '_other'];
    const { code, output } = await gatehouse('saml-check', inFolder('response.xml'), ...sp, ...other);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^REFUSE {2}ERR_SAML_IN_RESPONSE_TO\n[\s\S]*check +in-response-to\n +clause +saml-profiles §4\.1\.4\.3\n +fault +user-agent\n +fix +\w/,
    );
  });

  test('without the address to compare says what was not checked', async () => {
    const { code, output } = await gatehouse('saml-check', inFolder('response.xml'), ...sp, ...expected.slice(2));
    expect(code).toBe(0);
    expect(output).toContain('not checked: destination\nnot checked: recipient\n');
  });

  test('that shows escape sequences to a terminal does not get through', async () => {
    const evil = file('evil.xml', response.replace(idpEntityId, 'https://evil\u0085\u009b31m.example.com'));
    const { output } = await gatehouse('saml-check', evil, ...sp, ...expected);
    expect(output).toContain('\\u{9b}31m');
  });

  test('by HTTP-Redirect is refused by the profile', async () => {
    const query = file('query', `SAMLResponse=${encodeURIComponent(deflateRawSync(response).toString('base64'))}`);
    const { code, output } = await gatehouse('saml-check', query, ...sp, ...expected, '--json');
    expect([code, JSON.parse(output)]).toMatchObject([1, { code: 'ERR_SAML_UNSUPPORTED', check: 'binding' }]);
  });
});

describe('an AuthnRequest', () => {
  test('that is right is accepted, from the URL of a redirect', async () => {
    const url = file(
      'url',
      `${ssoUrl}?SAMLRequest=${encodeURIComponent(deflateRawSync(request).toString('base64'))}&RelayState=x`,
    );
    const { code, output } = await gatehouse('saml-check', url, ...idp, '--json');
    expect([code, JSON.parse(output)]).toMatchObject([
      0,
      { verdict: 'accept', issuer: spEntityId, request: { id: '_1', relayState: 'x' }, unchecked: [] },
    ]);
  });

  test('is judged by the reader of the endpoint', async () => {
    const message = file('request.xml', request);
    const elsewhere = await gatehouse(
      'saml-check',
      message,
      ...idp,
      '--sso',
      'https://other.example.com/sso',
      '--json',
    );
    expect(JSON.parse(elsewhere.output)).toMatchObject({ code: 'ERR_SAML_DESTINATION', fault: 'sp' });
    const unsigned = await gatehouse('saml-check', file('request.xml', request), ...idp, '--require-signed');
    // Its metadata has no key: what is required could never be met.
    expect(unsigned.code).toBe(2);
  });
});

describe('a batch', () => {
  test('of the whole hostile corpus has a verdict for every case, as expected', async () => {
    const lines = await Promise.all(
      Object.values(corpus)
        .flat()
        .map(async ({ name, make, outcome, expected: own = {} }) => ({
          id: name,
          message: Buffer.from(await make(workshop)).toString('base64'),
          'in-response-to': 'request' in own ? (own.request ?? null) : '_request-1',
          acs: own.acsUrl ?? acsUrl,
          at: new Date(FAKE_START + (own.laterMs ?? 0)).toISOString(),
          expect: typeof outcome === 'string' ? outcome : 'accept',
        })),
    );
    const { code, verdicts } = await batch(lines, ...sp.slice(0, 6), '--decrypt-key', spKey);
    expect(verdicts.filter(({ asExpected }) => asExpected !== true)).toEqual([]);
    expect([code, verdicts.length]).toEqual([0, lines.length]);
  });

  test('refuses what it has accepted before, unless told otherwise', async () => {
    const twice = [{ message: response }, { message: response }];
    const { code, verdicts } = await batch(twice, ...sp, ...expected);
    expect([code, verdicts.map((one) => one.code ?? one.verdict)]).toEqual([1, ['accept', 'ERR_SAML_REPLAYED']]);
    const alone = await batch(twice, ...sp, ...expected, '--no-replay');
    expect([alone.code, alone.verdicts.map(({ verdict }) => verdict)]).toEqual([0, ['accept', 'accept']]);
  });

  test('takes an option away with null, and lets a case say its own', async () => {
    const lines = [
      { id: 1, message: response, 'in-response-to': null, expect: 'ERR_SAML_IN_RESPONSE_TO' },
      { id: 2, message: response, 'entity-id': 'https://other.example.com', expect: 'ERR_SAML_AUDIENCE' },
      { id: 3, file: 'response.b64', expect: 'accept' },
    ];
    const { code, verdicts } = await batch(lines, ...sp, ...expected);
    expect([code, verdicts.map(({ id, asExpected }) => [id, asExpected])]).toEqual([
      0,
      [
        [1, true],
        [2, true],
        [3, true],
      ],
    ]);
  });

  test('goes on behind a line that is no case, and ends with 2', async () => {
    const { code, verdicts } = await batch([{ mesage: 'x' }, { message: response }], ...sp, ...expected);
    expect([code, verdicts.map(({ verdict }) => verdict)]).toEqual([2, ['error', 'accept']]);
  });
});

describe('wrong usage', () => {
  test.each<readonly [string, readonly string[]]>([
    ['no message', sp],
    ['two messages', ['a', 'b', ...sp]],
    ['no side', ['a', '--entity-id', 'x', '--partner-metadata', idpMetadata]],
    ['a side that is none', ['a', '--as', 'both']],
    ['an instant that is none', ['a', ...sp.slice(0, 6), '--at', 'noon']],
    [
      'metadata that is not there',
      [inFolder('sp.xml'), '--as', 'sp', '--entity-id', 'x', '--partner-metadata', 'nowhere.xml'],
    ],
    [
      'metadata of the other kind',
      [inFolder('sp.xml'), '--as', 'sp', '--entity-id', 'x', '--partner-metadata', spMetadata],
    ],
    ['a message that is not there', [inFolder('nowhere'), ...sp]],
  ])('%s ends with 2 and says why', async (_what, args) => {
    const { code, output } = await gatehouse('saml-check', ...args);
    expect(code).toBe(2);
    expect(output).toMatch(/^gatehouse saml-check: \S+ \S+/);
  });
});
