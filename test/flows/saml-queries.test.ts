/** @module Questions of partners about people and assertions (saml-profiles §6): signed by xmlsec1, answered within a live session of theirs only. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encryptElement } from '../../src/wire/xml/encrypt.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange, type HttpClient, type Reply } from '../support/http-client.ts';
import { makeKeyPair } from '../support/key-pairs.ts';
import { attributesOf, postedAnswer, statusOf, textsOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges, type SignedElement } from '../support/saml-judges.ts';
import { bodyOf, envelope, postSoap, type SoapQuery, signedQuery, unsignedQuery } from '../support/saml-soap.ts';
import {
  authnRequest,
  instantIn,
  metadataOf,
  redirectUrl,
  type ServiceProvider,
  serviceProvider,
} from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const basicFormat = 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic';

let folder: TempFolder;
let judges: SamlJudges;
let gatehouse: Gatehouse;
/** Asks for what it gets by default. */
let sp: ServiceProvider;
/** Gets what is configured: fixed values, and its assertions by ID. */
let configured: ServiceProvider;
/** Must have an attribute that nobody has. */
let strict: ServiceProvider;
/** Has its names and attributes encrypted. */
let sealed: ServiceProvider;

beforeAll(async () => {
  folder = await makeTempFolder('queries');
  judges = await createSamlJudges(folder.path);
  const made = async (name: string) => serviceProvider(name, await makeKeyPair(folder.path, name));
  [sp, configured, strict, sealed] = [
    await made('sp'),
    await made('configured'),
    await made('strict'),
    await made('sealed'),
  ];
  const attributes = [
    { name: 'groups', from: 'roles' },
    { name: 'colour', values: ['red', 'blue'] },
  ];
  gatehouse = await startGatehouse({
    content: {
      partners: [
        { file: 'sp.xml', metadata: metadataOf(sp) },
        {
          file: 'configured.xml',
          metadata: metadataOf(configured),
          settings: { attributes, 'assertions-by-id': true },
        },
        {
          file: 'strict.xml',
          metadata: metadataOf(strict),
          settings: { attributes: [{ name: 'employeeNumber', required: true }] },
        },
        {
          file: 'sealed.xml',
          metadata: metadataOf(sealed).replace('use="signing"', ''),
          settings: { attributes, encrypt: { what: ['name-id', 'attributes'] }, 'assertions-by-id': true },
        },
      ],
    },
  });
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const soapUrl = () => `${gatehouse.publicUrl}/saml/idp/soap`;
const certificate = () => ({ certificatePath: `${gatehouse.home}/data/keys/idp.crt` });
const policy = (format: string) => `<samlp:NameIDPolicy Format="${format}"/>`;

/** The assertion's Response at one partner. */
async function signedOn(client: HttpClient, at: ServiceProvider, content = ''): Promise<string> {
  const xml = authnRequest(at, gatehouse.publicUrl, { content });
  return postedAnswer(await client.send(redirectUrl(gatehouse.publicUrl, xml))).xml;
}

const subject = (name: string, format?: string, more = '') =>
  `<saml:Subject><saml:NameID${format === undefined ? '' : ` Format="${format}"`}>${name}</saml:NameID>${more}</saml:Subject>`;
const wanted = (name: string, attributes = '', ...values: readonly string[]) =>
  `<saml:Attribute Name="${name}"${attributes}>${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`;

async function signed(of: ServiceProvider, query: Omit<SoapQuery, 'issuer'> & { readonly issuer?: string }) {
  if (of.keys === undefined) throw new Error('the partner has no keys');
  return envelope(await signedQuery({ issuer: of.entityId, ...query }, of.keys, folder.path));
}

async function ask(of: ServiceProvider, name: string, content: string, more: Partial<SoapQuery> = {}): Promise<Reply> {
  return postSoap(soapUrl(), await signed(of, { name, content, ...more }));
}

/** The answer, which must be in order whatever it says. */
async function answered(reply: Reply, element: SignedElement = 'Response'): Promise<string> {
  expect(reply.status, reply.text).toBe(200);
  const xml = bodyOf(reply.text);
  expect(await judges.schema(xml, 'protocol')).toMatchObject({ code: 0 });
  expect(await judges.signature(xml, element, certificate())).toMatchObject({ code: 0 });
  return xml;
}

const attributeQuery = async (of: ServiceProvider, content: string) =>
  answered(await ask(of, 'AttributeQuery', content));
const lastRecord = async () => (await gatehouse.audit()).at(-1);

describe('an attribute query', () => {
  test('is answered about somebody who is signed in there, with what the partner gets', async () => {
    await signedOn(await signedIn(gatehouse.publicUrl), sp);
    const before = (await gatehouse.audit()).length;
    const xml = await attributeQuery(sp, subject('eric', unspecified));
    expect([statusOf(xml), textsOf(xml, 'NameID'), textsOf(xml, 'AttributeValue')]).toEqual([
      ['Success'],
      ['eric'],
      ['all'],
    ]);
    expect((await judges.signature(xml, 'Assertion', certificate())).code).toBe(0);
    expect(textsOf(xml, 'Audience')).toEqual([sp.entityId]);
    // It says who somebody is, not that whoever brings it is that somebody.
    expect(xml).not.toMatch(/SubjectConfirmation|AuthnStatement/);
    expect((await gatehouse.audit()).slice(before)).toMatchObject([
      { type: 'saml-attributes-queried', outcome: 'success', application: sp.entityId, principal: 'eric' },
    ]);
  });

  test('is explained like any decision', async () => {
    await attributeQuery(sp, subject('nobody-here'));
    const { code, output } = await gatehouse.explain((await lastRecord())?.id ?? '');
    expect([code, output.includes('UnknownPrincipal'), output.includes(sp.entityId)], output).toEqual([0, true, true]);
  });

  test('may leave the format of an unspecified name out, and gets it back so', async () => {
    await signedOn(await signedIn(gatehouse.publicUrl), sp);
    const xml = await attributeQuery(sp, subject('eric'));
    expect([statusOf(xml), attributesOf(xml, 'NameID')]).toEqual([['Success'], {}]);
  });

  test.each([
    ['transient', transient],
    ['persistent', persistent],
  ])('knows a %s name of this partner, and of no other', async (_name, format) => {
    const client = await signedIn(gatehouse.publicUrl);
    const [name = ''] = textsOf(await signedOn(client, sp, policy(format)), 'NameID');
    await signedOn(client, configured, policy(format));
    expect(statusOf(await attributeQuery(sp, subject(name, format)))).toEqual(['Success']);
    const others = await attributeQuery(configured, subject(name, format));
    expect(statusOf(others)).toEqual(['Requester', 'UnknownPrincipal']);
    expect(others).not.toContain('Assertion');
    expect(await lastRecord()).toMatchObject({ outcome: 'failure', reason: 'UnknownPrincipal' });
  });

  test('does not know somebody who is signed in elsewhere only, is not signed in, or was signed out', async () => {
    const client = await signedIn(gatehouse.publicUrl, 'amar');
    expect(statusOf(await attributeQuery(sp, subject('amar', unspecified)))).toEqual(['Requester', 'UnknownPrincipal']);
    await signedOn(client, sp);
    expect(statusOf(await attributeQuery(sp, subject('amar', unspecified)))).toEqual(['Success']);
    await client.submit(await client.open(`${gatehouse.publicUrl}/logout`));
    expect(statusOf(await attributeQuery(sp, subject('amar', unspecified)))).toEqual(['Requester', 'UnknownPrincipal']);
    expect(statusOf(await attributeQuery(sp, subject('nobody')))).toEqual(['Requester', 'UnknownPrincipal']);
  });

  test.each([['NameQualifier="urn:another:idp"'], ['SPNameQualifier="urn:another:sp"'], ['SPProvidedID="x"']])(
    'does not know a name with %s',
    async (qualifier) => {
      await signedOn(await signedIn(gatehouse.publicUrl), sp);
      const named = `<saml:Subject><saml:NameID ${qualifier}>eric</saml:NameID></saml:Subject>`;
      expect(statusOf(await attributeQuery(sp, named))).toEqual(['Requester', 'UnknownPrincipal']);
    },
  );

  test.each<readonly [string, string, readonly string[]]>([
    ['nothing in particular', '', ['all', 'red', 'blue']],
    ['one attribute', wanted('colour'), ['red', 'blue']],
    ['one in its format', wanted('colour', ` NameFormat="${basicFormat}"`), ['red', 'blue']],
    ['one value of it', wanted('colour', '', 'blue', 'green'), ['blue']],
    ['one that it may not have', wanted('mail') + wanted('groups'), ['all']],
  ])('for %s is answered with that and no more', async (_what, content, values) => {
    await signedOn(await signedIn(gatehouse.publicUrl), configured);
    const xml = await attributeQuery(configured, subject('eric', unspecified) + content);
    expect(textsOf(xml, 'AttributeValue')).toEqual(values);
  });

  test.each([
    ['an attribute that it may not have', wanted('mail')],
    ['one in another format', wanted('colour', ' NameFormat="urn:another"')],
    ['a value that there is not', wanted('colour', '', 'green')],
  ])('for %s is a success without an assertion', async (_what, content) => {
    await signedOn(await signedIn(gatehouse.publicUrl), configured);
    const xml = await attributeQuery(configured, subject('eric', unspecified) + content);
    expect([statusOf(xml), xml.includes('Assertion')]).toEqual([['Success'], false]);
  });

  test('that asks how the subject could be confirmed is not supported', async () => {
    const confirmation = '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"/>';
    const xml = await attributeQuery(sp, subject('eric', unspecified, confirmation));
    expect(statusOf(xml)).toEqual(['Requester', 'RequestUnsupported']);
  });

  test('of a partner that was refused an assertion for want of an attribute knows nobody', async () => {
    const refused = await signedOn(await signedIn(gatehouse.publicUrl), strict);
    expect(statusOf(refused)).toEqual(['Responder', 'RequestDenied']);
    expect(statusOf(await attributeQuery(strict, subject('eric', unspecified)))).toEqual([
      'Requester',
      'UnknownPrincipal',
    ]);
  });

  test('about a name that is encrypted for us is answered with what is encrypted for the partner', async () => {
    const pem = await readFile(certificate().certificatePath, 'utf8');
    const to = {
      publicKey: new X509Certificate(pem).publicKey,
      cipher: 'aes256-gcm',
      transport: 'rsa-oaep-sha256',
    } as const;
    const name = `<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Format="${unspecified}">eric</saml:NameID>`;
    await signedOn(await signedIn(gatehouse.publicUrl), sealed);
    const encrypted = encryptElement(name, to, randomBytes).xml;
    const xml = await attributeQuery(
      sealed,
      `<saml:Subject><saml:EncryptedID>${encrypted}</saml:EncryptedID></saml:Subject>`,
    );
    expect(statusOf(xml)).toEqual(['Success']);
    expect([xml.split('<saml:EncryptedID').length, xml.split('<saml:EncryptedAttribute').length]).toEqual([2, 3]);
    expect(xml).not.toMatch(/eric|colour/);
  });

  test('of one that was encrypted for somebody else cannot be read', async () => {
    const to = {
      publicKey: new X509Certificate(await readFile(sp.keys?.certificatePath ?? '', 'utf8')).publicKey,
      cipher: 'aes256-gcm',
      transport: 'rsa-oaep-sha256',
    } as const;
    const encrypted = encryptElement(
      '<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">eric</saml:NameID>',
      to,
      randomBytes,
    ).xml;
    const reply = await ask(
      sp,
      'AttributeQuery',
      `<saml:Subject><saml:EncryptedID>${encrypted}</saml:EncryptedID></saml:Subject>`,
    );
    expect([reply.status, reply.text.includes('ERR_XML_ENCRYPTION')]).toEqual([403, true]);
  });
});

describe('a question that is refused: a fault, one record, nothing about anybody', () => {
  const content = subject('eric', unspecified);
  const query = (changes: Partial<SoapQuery> = {}) => ({ name: 'AttributeQuery', content, ...changes });
  test.each<readonly [string, number, string, () => string | Promise<string>]>([
    [
      'unsigned',
      403,
      'ERR_SAML_SIGNATURE_REQUIRED',
      () => envelope(unsignedQuery({ ...query(), issuer: sp.entityId })),
    ],
    [
      'signed by another partner',
      403,
      'ERR_XML_SIGNATURE',
      () => signed(configured, { ...query(), issuer: sp.entityId }),
    ],
    ['of nobody', 403, 'ERR_SAML_UNKNOWN_PARTNER', () => signed(sp, { ...query(), issuer: 'urn:nobody' })],
    [
      'for another address',
      400,
      'ERR_SAML_DESTINATION',
      () => signed(sp, query({ attributes: ' Destination="https://evil.invalid/"' })),
    ],
    ['from yesterday', 400, 'ERR_SAML_EXPIRED', () => signed(sp, query({ issueInstant: instantIn(-86_400) }))],
    ['about nobody', 400, 'ERR_', () => signed(sp, query({ content: '' }))],
    [
      'that names an attribute twice',
      400,
      'ERR_SAML_MALFORMED',
      () => signed(sp, query({ content: content + wanted('a') + wanted('a') })),
    ],
    [
      'that was changed after it was signed',
      403,
      'ERR_XML_SIGNATURE',
      async () => (await signed(sp, query())).replace('>eric<', '>amar<'),
    ],
    [
      'wrapped around a signed one',
      403,
      'ERR_XML_SIGNATURE',
      async () => {
        const honest = await signedQuery(
          { ...query(), issuer: sp.entityId },
          sp.keys ?? (await makeKeyPair(folder.path, 'x')),
          folder.path,
        );
        const outer = unsignedQuery({ ...query({ content: subject('amar', unspecified) }), issuer: sp.entityId });
        const signature = /<ds:Signature.*<\/ds:Signature>/s.exec(honest)?.[0] ?? '';
        const extensions = `<samlp:Extensions>${honest.replace(signature, '')}</samlp:Extensions>`;
        return envelope(outer.replace('</saml:Issuer>', `</saml:Issuer>${signature}${extensions}`));
      },
    ],
  ])('%s', async (_what, status, code, body) => {
    const before = (await gatehouse.audit()).length;
    const reply = await postSoap(soapUrl(), await body());
    expect([reply.status, reply.text.includes(code), reply.text.includes('soap:Fault')]).toEqual([status, true, true]);
    expect(reply.text).not.toContain('Assertion ');
    expect((await gatehouse.audit()).slice(before)).toMatchObject([
      { type: 'saml-request-refused', outcome: 'failure' },
    ]);
  });

  test('one that was asked before', async () => {
    const body = await signed(sp, query());
    expect((await postSoap(soapUrl(), body)).status).toBe(200);
    expect((await postSoap(soapUrl(), body)).text).toContain('ERR_SAML_REPLAYED');
  });
});

describe('an assertion by its ID', () => {
  const reference = (...ids: readonly string[]) =>
    ids.map((id) => `<saml:AssertionIDRef>${id}</saml:AssertionIDRef>`).join('');
  const byId = async (of: ServiceProvider, ...ids: readonly string[]) =>
    answered(await ask(of, 'AssertionIDRequest', reference(...ids)));
  const idIn = (response: string) => attributesOf(response, 'Assertion')['ID'] ?? '';
  const assertionIn = (response: string) => /<saml:Assertion .*<\/saml:Assertion>/s.exec(response)?.[0];

  test('is given to the partner that it was issued to, to the letter, as often as it asks', async () => {
    const response = await signedOn(await signedIn(gatehouse.publicUrl), configured);
    const xml = await byId(configured, idIn(response));
    expect(assertionIn(xml)).toBe(assertionIn(response));
    expect((await judges.signature(xml, 'Assertion', certificate())).code).toBe(0);
    expect(assertionIn(await byId(configured, idIn(response)))).toBe(assertionIn(response));
    expect(await lastRecord()).toMatchObject({ type: 'saml-assertions-queried', outcome: 'success' });
  });

  test('is given with others, as far as they are there', async () => {
    const client = await signedIn(gatehouse.publicUrl);
    const ids = [idIn(await signedOn(client, configured)), '_made-up', idIn(await signedOn(client, configured))];
    const xml = await byId(configured, ...ids);
    expect([statusOf(xml), xml.split('<saml:Assertion ').length - 1]).toEqual([['Success'], 2]);
    expect(await lastRecord()).toMatchObject({ outcome: 'failure', reason: 'unknown-assertion' });
  });

  test('is never given to another partner', async () => {
    const response = await signedOn(await signedIn(gatehouse.publicUrl), configured);
    const xml = await byId(sealed, idIn(response));
    expect([statusOf(xml), xml.includes('<saml:Assertion')]).toEqual([['Success'], false]);
  });

  test('is not kept for a partner that is not configured so', async () => {
    const response = await signedOn(await signedIn(gatehouse.publicUrl), sp);
    expect(await byId(sp, idIn(response))).not.toContain('<saml:Assertion');
  });

  test('that was encrypted in part is given as it was', async () => {
    const response = await signedOn(await signedIn(gatehouse.publicUrl), sealed);
    expect(assertionIn(await byId(sealed, idIn(response)))).toBe(assertionIn(response));
  });

  test('is not asked for without a signature', async () => {
    const query = { name: 'AssertionIDRequest', issuer: configured.entityId, content: reference('_x') };
    expect((await postSoap(soapUrl(), envelope(unsignedQuery(query)))).text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
  });

  test('is asked for 32 times at most', async () => {
    const ids = Array.from({ length: 33 }, (_, index) => `_${index}`);
    expect((await ask(configured, 'AssertionIDRequest', reference(...ids))).text).toContain('ERR_SAML_MALFORMED');
  });
});

describe('what nobody is answered here', () => {
  const name = `<saml:NameID Format="${unspecified}">eric</saml:NameID>`;
  const authz = `${subject('eric')}<saml:Action Namespace="urn:x">read</saml:Action>`;
  test.each<readonly [string, SignedElement, string, string]>([
    [
      'NameIDMappingRequest',
      'NameIDMappingResponse',
      `${name}<samlp:NameIDPolicy Format="${persistent}" SPNameQualifier="urn:other"/>`,
      '',
    ],
    ['ManageNameIDRequest', 'ManageNameIDResponse', `${name}<samlp:Terminate/>`, ''],
    ['AuthnQuery', 'Response', subject('eric'), ''],
    ['AuthzDecisionQuery', 'Response', authz, ' Resource="urn:y"'],
  ])('%s gets a signed refusal in two levels', async (kind, element, content, attributes) => {
    const before = (await gatehouse.audit()).length;
    const xml = await answered(await ask(sp, kind, content, { attributes }), element);
    expect([statusOf(xml), xml.startsWith(`<samlp:${element} `)]).toEqual([['Requester', 'RequestUnsupported'], true]);
    expect((await gatehouse.audit()).slice(before)).toMatchObject([
      { type: 'saml-request-refused', outcome: 'failure', reason: `RequestUnsupported: ${kind}` },
    ]);
  });

  test('a mapping says nothing about the person that the partner did not say', async () => {
    await signedOn(await signedIn(gatehouse.publicUrl), configured);
    const content = `${name}<samlp:NameIDPolicy Format="${persistent}" SPNameQualifier="${configured.entityId}"/>`;
    const xml = await answered(await ask(sp, 'NameIDMappingRequest', content), 'NameIDMappingResponse');
    expect(textsOf(xml, 'NameID')).toEqual(['eric']);
  });

  test('without a signature it is refused like anything else', async () => {
    const query = { name: 'NameIDMappingRequest', issuer: sp.entityId, content: `${name}<samlp:NameIDPolicy/>` };
    expect((await postSoap(soapUrl(), envelope(unsignedQuery(query)))).text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
  });
});

test('the metadata names the attribute authority and both services, no mapping, and is valid', async () => {
  const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
  const at = `Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="${soapUrl()}"`;
  const authority = text.slice(text.indexOf('<md:AttributeAuthorityDescriptor '));
  expect(authority).toContain(`<md:AttributeService ${at}>`);
  expect(text.split(`<md:AssertionIDRequestService ${at}>`)).toHaveLength(3);
  expect(text).not.toContain('NameIDMappingService');
  expect(await judges.schema(text, 'metadata')).toMatchObject({ code: 0 });
});
