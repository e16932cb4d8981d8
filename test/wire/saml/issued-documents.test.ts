/** @module Every kind of document that leaves for a partner: valid against the OASIS schemas, verified and decrypted by xmlsec1, canonical as it stands. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { SignatureAlgorithm, Signer } from '../../../src/spi/signer.ts';
import { contentCiphers, keyTransports } from '../../../src/spi/xml-encryption.ts';
import { signArtifactResponse } from '../../../src/wire/saml/artifact-messages.ts';
import { issueAssertion } from '../../../src/wire/saml/assertion-writer.ts';
import { buildAuthnRequest, signAuthnRequest } from '../../../src/wire/saml/authn-request-writer.ts';
import { nameIdFormats, statusCodes } from '../../../src/wire/saml/constants.ts';
import { buildLogoutRequest, signLogoutRequest } from '../../../src/wire/saml/logout-request.ts';
import { buildLogoutResponse, type LogoutStatus, signLogoutResponse } from '../../../src/wire/saml/logout-response.ts';
import { buildIdpMetadata } from '../../../src/wire/saml/metadata-writer.ts';
import { signUnsupported } from '../../../src/wire/saml/query-responses.ts';
import { issueResponse, issueStatusResponse, respondWith } from '../../../src/wire/saml/response.ts';
import { buildSpMetadata } from '../../../src/wire/saml/sp-metadata-writer.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { encryptElement } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { runProgram } from '../../support/child-process.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import {
  acsUrl,
  idpEntityId,
  metadataInput,
  responseInput,
  sloUrl,
  spEntityId,
  ssoUrl,
} from '../../support/saml-input.ts';
import { xmllintExclusiveC14n, xmllintValidate, xmlsecVerify } from '../../support/xml-judges.ts';

const now = Date.UTC(2026, 10, 21, 10, 0, 0);
const pairs = { rsa: makeKeyPair('rsa'), ec: makeKeyPair('ec') };
const sp = makeKeyPair('rsa');
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-issued-'));
const keyFile = join(folder, 'sp.key');
writeFileSync(keyFile, sp.privateKeyPem);
afterAll(() => rmSync(folder, { recursive: true }));

type Place = 'root' | 'assertion' | 'inner';
const paths: Readonly<Record<Place, string>> = {
  root: "/*/*[local-name()='Signature']",
  assertion: "/*/*[local-name()='Assertion']/*[local-name()='Signature']",
  inner: "/*/*[local-name()='Response']/*[local-name()='Assertion']/*[local-name()='Signature']",
};

interface Issued {
  readonly name: string;
  readonly schema: 'protocol' | 'metadata';
  /** Where its signatures stand. */
  readonly signed: readonly Place[];
  readonly make: (signer: Signer) => string | Promise<string>;
  /** Where signatures stand once xmlsec1 has decrypted it. */
  readonly opened?: readonly Place[];
}

const encryptFor =
  (
    cipher: (typeof contentCiphers)[number] = 'aes256-gcm',
    transport: (typeof keyTransports)[number] = 'rsa-oaep-sha1',
  ) =>
  (xml: string) =>
    encryptElement(xml, { publicKey: sp.publicKey, cipher, transport }, randomBytes);

const responses: readonly Issued[] = (['assertion', 'response', 'both'] as const).flatMap((sign): readonly Issued[] => {
  const signed: readonly Place[] =
    sign === 'assertion' ? ['assertion'] : sign === 'response' ? ['root'] : ['root', 'assertion'];
  const visible = signed.filter((place) => place === 'root');
  // A signature of the Response covers what was encrypted, so it is gone once that is opened.
  const inside = signed.filter((place) => place === 'assertion');
  const response = (changes: object) => (signer: Signer) =>
    issueResponse(responseInput(now, { sign, ...changes }), signer);
  const common = { schema: 'protocol' } as const;
  return [
    { ...common, name: `a Response, signed: ${sign}`, signed, make: response({}) },
    {
      ...common,
      name: `a Response to nobody's request, signed: ${sign}`,
      signed,
      make: response({ inResponseTo: undefined }),
    },
    {
      ...common,
      name: `a Response without attributes and session, signed: ${sign}`,
      signed,
      make: response({ attributes: [], sessionIndex: undefined }),
    },
    { ...common, name: `a Response for one use, signed: ${sign}`, signed, make: response({ oneTimeUse: true }) },
    {
      ...common,
      name: `an encrypted assertion, signed: ${sign}`,
      signed: visible,
      opened: inside,
      make: response({ encrypt: encryptFor() }),
    },
    {
      ...common,
      name: `an encrypted name, signed: ${sign}`,
      signed,
      opened: [],
      make: response({ encryptNameId: encryptFor() }),
    },
    {
      ...common,
      name: `encrypted attributes, signed: ${sign}`,
      signed,
      opened: [],
      make: response({ encryptAttributes: encryptFor() }),
    },
    {
      ...common,
      name: `an encrypted name and encrypted attributes in an encrypted assertion, signed: ${sign}`,
      signed: visible,
      make: response({ encrypt: encryptFor(), encryptNameId: encryptFor(), encryptAttributes: encryptFor() }),
    },
  ];
});

const ciphers: readonly Issued[] = contentCiphers.flatMap((cipher) =>
  keyTransports.map(
    (transport): Issued => ({
      name: `an assertion encrypted with ${cipher} and ${transport}`,
      schema: 'protocol',
      signed: [],
      // xmlsec1 of Debian 12 knows OAEP with SHA-1 alone.
      ...(transport === 'rsa-oaep-sha1' ? { opened: ['assertion'] } : {}),
      make: (signer) => issueResponse(responseInput(now, { encrypt: encryptFor(cipher, transport) }), signer),
    }),
  ),
);

const names: readonly Issued[] = Object.entries(nameIdFormats).map(([name, format]) => ({
  name: `a Response with a name of the format ${name}`,
  schema: 'protocol',
  signed: ['assertion'],
  make: (signer) =>
    issueResponse(
      responseInput(now, {
        nameId: { format, value: 'CN=m@ry & "co" <x>', nameQualifier: idpEntityId, spNameQualifier: spEntityId },
      }),
      signer,
    ),
}));

const statusInput = { responseId: '_r', now, issuer: idpEntityId, destination: acsUrl, inResponseTo: '_q' };
const seconds = Object.entries(statusCodes).filter(([name]) => !['Success', 'Requester', 'Responder'].includes(name));
const statuses: readonly Issued[] = (['Requester', 'Responder'] as const).flatMap((fault) =>
  seconds.map(
    ([name, subStatus]): Issued => ({
      name: `a Response of ${fault}, ${name}`,
      schema: 'protocol',
      signed: ['root'],
      make: (signer) => issueStatusResponse({ ...statusInput, status: statusCodes[fault], subStatus }, signer),
    }),
  ),
);

const name = { format: nameIdFormats.persistent, value: 'mary' };
const logoutInput = {
  id: '_l',
  now,
  issuer: idpEntityId,
  destination: 'https://sp.example.com/slo?a=1&b=2',
  notOnOrAfter: now + 1,
  name,
};
const logoutAnswer = (status: LogoutStatus, destination?: string) => ({
  ...{ id: '_l', now, issuer: idpEntityId, inResponseTo: '_q', status },
  ...(destination === undefined ? {} : { destination }),
});
const logouts: readonly Issued[] = [
  {
    name: 'a LogoutRequest for a redirect',
    schema: 'protocol',
    signed: [],
    make: () => buildLogoutRequest(logoutInput),
  },
  {
    name: 'a signed LogoutRequest',
    schema: 'protocol',
    signed: ['root'],
    make: (signer) => signLogoutRequest(logoutInput, signer),
  },
  {
    name: 'a LogoutRequest for one session',
    schema: 'protocol',
    signed: ['root'],
    make: (signer) => signLogoutRequest({ ...logoutInput, sessionIndex: '_s' }, signer),
  },
  {
    name: 'a LogoutRequest with an encrypted name',
    schema: 'protocol',
    signed: ['root'],
    opened: [],
    make: (signer) => signLogoutRequest({ ...logoutInput, encrypt: encryptFor() }, signer),
  },
  ...(['Success', 'PartialLogout', 'UnknownPrincipal'] as const).flatMap((status): readonly Issued[] => [
    {
      name: `a LogoutResponse for a redirect: ${status}`,
      schema: 'protocol',
      signed: [],
      make: () => buildLogoutResponse(logoutAnswer(status, sloUrl)),
    },
    {
      name: `a signed LogoutResponse: ${status}`,
      schema: 'protocol',
      signed: ['root'],
      make: (signer) => signLogoutResponse(logoutAnswer(status), signer),
    },
  ]),
];

const artifactInput = { id: '_a', now, issuer: idpEntityId, inResponseTo: '_q' };
const assertionInput = {
  assertionId: '_x',
  now,
  issuer: idpEntityId,
  audience: spEntityId,
  nameId: name,
  notBefore: now,
  notOnOrAfter: now + 1,
  attributes: [],
  isSigned: true,
};
const overSoap: readonly Issued[] = [
  {
    name: 'an ArtifactResponse with a Response',
    schema: 'protocol',
    signed: ['root', 'inner'],
    make: async (signer) =>
      signArtifactResponse({ ...artifactInput, message: await issueResponse(responseInput(now), signer) }, signer),
  },
  {
    name: 'an ArtifactResponse with nothing',
    schema: 'protocol',
    signed: ['root'],
    make: (signer) => signArtifactResponse({ ...artifactInput, message: undefined }, signer),
  },
  {
    name: "an answer to a query, with an assertion about nobody's login",
    schema: 'protocol',
    signed: ['root', 'assertion'],
    make: async (signer) =>
      respondWith(
        {
          responseId: '_r',
          now,
          issuer: idpEntityId,
          inResponseTo: '_q',
          isSigned: true,
          assertions: [await issueAssertion(assertionInput, signer)],
        },
        signer,
      ),
  },
  {
    name: 'an answer to a query that found nothing',
    schema: 'protocol',
    signed: ['root'],
    make: (signer) =>
      respondWith(
        { responseId: '_r', now, issuer: idpEntityId, inResponseTo: '_q', isSigned: true, assertions: [] },
        signer,
      ),
  },
  ...(['ManageNameIDRequest', 'AuthnQuery', 'AuthzDecisionQuery'] as const).map(
    (kind): Issued => ({
      name: `an answer to a ${kind}`,
      schema: 'protocol',
      signed: ['root'],
      make: (signer) => signUnsupported({ id: '_u', now, issuer: idpEntityId, inResponseTo: '_q', kind }, signer),
    }),
  ),
];

const certificates = [pairs.rsa.certificate, pairs.ec.certificate];
const documents: readonly Issued[] = [
  {
    name: 'metadata as it is by default',
    schema: 'metadata',
    signed: ['root'],
    make: (signer) => buildIdpMetadata(metadataInput(certificates, now), signer),
  },
  {
    name: 'metadata with everything: keys in a roll-over, encryption, artifacts, ECP, queries',
    schema: 'metadata',
    signed: ['root'],
    make: (signer) =>
      buildIdpMetadata(
        {
          ...metadataInput(certificates, now),
          encryptionCertificates: certificates,
          ssoUrls: { redirect: acsUrl, post: acsUrl, soap: acsUrl },
          artifactUrl: acsUrl,
          attributeUrl: acsUrl,
          assertionIdUrl: acsUrl,
          wantAuthnRequestsSigned: true,
        },
        signer,
      ),
  },
];

const asked = {
  id: '_q',
  now,
  issuer: spEntityId,
  destination: ssoUrl,
  acs: { url: acsUrl, binding: 'HTTP-POST' },
  forceAuthn: false,
} as const;
const demanding = {
  ...asked,
  acs: { url: acsUrl, binding: 'HTTP-Artifact' },
  forceAuthn: true,
  nameIdFormat: nameIdFormats.persistent,
  authnContext: { classes: ['urn:a', 'urn:b'], comparison: 'minimum' },
} as const;
const spMetadata = {
  id: '_m',
  entityId: spEntityId,
  certificates,
  consumerServices: [{ binding: 'HTTP-POST', location: acsUrl, index: 0 }],
  nameIdFormats: [],
  validUntil: now,
} as const;
const asServiceProvider: readonly Issued[] = [
  { name: 'an AuthnRequest for a redirect', schema: 'protocol', signed: [], make: () => buildAuthnRequest(asked) },
  {
    name: 'an AuthnRequest with all that it can ask for',
    schema: 'protocol',
    signed: ['root'],
    make: (signer) => signAuthnRequest(demanding, signer),
  },
  {
    name: 'metadata of a service provider',
    schema: 'metadata',
    signed: ['root'],
    make: (signer) => buildSpMetadata(spMetadata, signer),
  },
  {
    name: 'metadata of a service provider with everything',
    schema: 'metadata',
    signed: ['root'],
    make: (signer) =>
      buildSpMetadata(
        {
          ...spMetadata,
          encryptionCertificates: certificates,
          consumerServices: [
            { binding: 'HTTP-Artifact', location: acsUrl, index: 0 },
            { binding: 'HTTP-POST', location: acsUrl, index: 1 },
          ],
          logoutServices: [
            { binding: 'SOAP', location: acsUrl },
            { binding: 'HTTP-Redirect', location: acsUrl },
          ],
          nameIdFormats: Object.values(nameIdFormats),
        },
        signer,
      ),
  },
];

const issued: readonly Issued[] = [
  ...asServiceProvider,
  ...responses,
  ...ciphers,
  ...names,
  ...statuses,
  ...logouts,
  ...overSoap,
  ...documents,
];
const algorithms: readonly SignatureAlgorithm[] = ['rsa-sha256', 'ecdsa-sha256'];

describe.each(algorithms)('with %s', (algorithm) => {
  const pair = algorithm.startsWith('rsa') ? pairs.rsa : pairs.ec;
  const signer = signerOf(pair, algorithm);

  test.each(issued.map((one) => [one.name, one] as const))('%s', async (_name, { schema, signed, make, opened }) => {
    const xml = await make(signer);
    expect(xmllintValidate(xml, schema)).toMatchObject({ accepted: true });
    expect([xmllintExclusiveC14n(xml), canonicalize(parseXml(xml))]).toEqual([xml, xml]);
    expect(xml.split('<ds:Signature ').length - 1).toBe(signed.length);
    for (const place of signed) {
      expect(xmlsecVerify(xml, pair.certificatePem, paths[place])).toMatchObject({ accepted: true });
    }
    if (opened === undefined) return;
    const file = join(folder, 'issued.xml');
    writeFileSync(file, xml);
    const { output, code } = await runProgram('xmlsec1', ['--decrypt', '--privkey-pem', keyFile, file]);
    expect([code, /mary|admin/.test(output), /mary|admin/.test(xml) && opened.length > 0]).toEqual([0, true, false]);
    for (const place of opened) {
      const path = paths[place].replace("/*/*[local-name()='Assertion']", "//*[local-name()='Assertion']");
      expect(xmlsecVerify(output, pair.certificatePem, path)).toMatchObject({ accepted: true });
    }
  });
});
