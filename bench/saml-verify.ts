/** @module Verifying signed SAML messages, against the bare RSA-2048 verification and SHA-256 of the same bytes; the schema wall apart. */
import { execFileSync } from 'node:child_process';
import { hash, type KeyObject, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner } from '../src/adapters/memory-signer.ts';
import { loadSamlSchemas } from '../src/adapters/saml-schemas.ts';
import { checkResponse } from '../src/protocols/saml-sp/response-checks.ts';
import { Secret } from '../src/spi/secret.ts';
import type { Signer } from '../src/spi/signer.ts';
import { parseAuthnRequest } from '../src/wire/saml/authn-request.ts';
import { authnContextClasses, nameIdFormats, samlNamespaces } from '../src/wire/saml/constants.ts';
import { issueResponse } from '../src/wire/saml/response.ts';
import { readResponse } from '../src/wire/saml/response-reader.ts';
import { parseXml } from '../src/wire/xml/parse.ts';
import { signEnveloped } from '../src/wire/xml/sign.ts';
import { verifyEnveloped } from '../src/wire/xml/verify.ts';
import { element, signatureSlot, writeAroundSignature } from '../src/wire/xml/writer.ts';
import { median, type Row, row } from './row.ts';

const rounds = 9;
const warmUpMs = 1500;
const perRound = 1500;
const idp = 'https://idp.example.com/saml/idp';
const sp = 'https://sp.example.com/metadata';
const acsUrl = 'https://sp.example.com/acs';

interface Keys {
  readonly signer: Signer;
  readonly privateKeyPem: string;
  readonly publicKey: KeyObject;
}

export async function samlVerify(): Promise<readonly Row[]> {
  const keys = makeKeys();
  const now = Date.now();
  const response = await signedResponse(now, keys.signer);
  const request = await signedRequest(now, keys.signer);
  const trust = () => ({ keys: [keys.publicKey], decryption: { keys: [], ciphers: [] } });
  const expected = {
    entityId: sp,
    acsUrl,
    request: '_request',
    allowUnsolicited: false,
    clockSkewMs: 60_000,
    maxAuthnAgeMs: 600_000,
  };
  const schemas = await loadSamlSchemas('schemas');
  const verified = (xml: string) => {
    const root = parseXml(xml);
    return parseAuthnRequest(verifyEnveloped(root, root, [keys.publicKey]));
  };
  const bare = (xml: string) => {
    const bytes = Buffer.from(xml);
    // An XML signature is made over SignedInfo, which is short; the message itself is hashed.
    const info = bytes.subarray(0, 800);
    const value = sign('sha256', info, keys.privateKeyPem);
    return () => verify('sha256', info, keys.publicKey, value) && hash('sha256', bytes);
  };
  const judge = { referenceIs: 'one RSA-2048 verification and SHA-256 of the same bytes', unit: 'us per message' };
  return [
    {
      name: 'saml-verify-response',
      target: '<= 6',
      ...judge,
      ...compare(() => checkResponse(readResponse(parseXml(response), trust), expected, now), bare(response)),
    },
    { name: 'saml-verify-authn-request', target: '<= 4', ...judge, ...compare(() => verified(request), bare(request)) },
    {
      name: 'saml-schema-wall-response',
      target: 'reported',
      ...judge,
      ...compare(() => schemas.validate('protocol', response), bare(response)),
    },
    {
      name: 'saml-schema-wall-authn-request',
      target: 'reported',
      ...judge,
      ...compare(() => schemas.validate('protocol', request), bare(request)),
    },
  ].map(row);
}

/** Turn by turn, so that a neighbour's load falls on both. */
function compare(work: () => unknown, reference: () => unknown): { readonly ours: number; readonly reference: number } {
  for (const each of [work, reference]) {
    for (const until = performance.now() + warmUpMs; performance.now() < until; ) each();
  }
  const ours: number[] = [];
  const references: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    references.push(cpuUs(reference));
    ours.push(cpuUs(work));
  }
  return { ours: median(ours), reference: median(references) };
}

function cpuUs(work: () => unknown): number {
  const before = process.cpuUsage();
  for (let index = 0; index < perRound; index += 1) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / perRound;
}

function makeKeys(): Keys {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const to = ['-nodes', '-keyout', keyFile, '-out', certificateFile, '-days', '2', '-subj', '/CN=bench'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...to], { stdio: 'pipe' });
    const privateKeyPem = readFileSync(keyFile, 'utf8');
    const certificatePem = readFileSync(certificateFile, 'utf8');
    const signer = createSigner(new Secret(privateKeyPem), certificatePem, 'rsa-sha256');
    return { signer, privateKeyPem, publicKey: new X509Certificate(certificatePem).publicKey };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Six attributes: what a Response of the field looks like. */
function signedResponse(now: number, signer: Signer): Promise<string> {
  const attribute = (name: string, ...values: readonly string[]) => ({
    name: `urn:oid:${name}`,
    nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    values,
  });
  return issueResponse(
    {
      responseId: `_${randomBytes(20).toString('hex')}`,
      assertionId: `_${randomBytes(20).toString('hex')}`,
      ...{ now, issuer: idp, destination: acsUrl, inResponseTo: '_request', audience: sp },
      nameId: { format: nameIdFormats.persistent, value: randomBytes(20).toString('hex') },
      sessionIndex: `_${randomBytes(20).toString('hex')}`,
      ...{
        authnInstant: now,
        sessionNotOnOrAfter: now + 28_800_000,
        notBefore: now - 60_000,
        notOnOrAfter: now + 300_000,
      },
      authnContextClassRef: authnContextClasses.passwordProtectedTransport,
      attributes: [
        attribute('2.5.4.3', 'Mary Major'),
        attribute('2.5.4.4', 'Major'),
        attribute('2.5.4.42', 'Mary'),
        attribute('0.9.2342.19200300.100.1.3', 'mary.major@example.com'),
        attribute('1.3.6.1.4.1.5923.1.1.1.9', 'member@example.com', 'staff@example.com'),
        attribute('1.3.6.1.4.1.5923.1.5.1.1', 'administrators', 'developers', 'everybody'),
      ],
      sign: 'assertion',
    },
    signer,
  );
}

function signedRequest(now: number, signer: Signer): Promise<string> {
  const id = `_${randomBytes(20).toString('hex')}`;
  const root = element(
    'samlp:AuthnRequest',
    [
      ['AssertionConsumerServiceURL', acsUrl],
      ['Destination', `${idp}/sso`],
      ['ID', id],
      ['IssueInstant', new Date(now).toISOString()],
      ['Version', '2.0'],
    ],
    element('saml:Issuer', [], sp),
    signatureSlot,
    element('samlp:NameIDPolicy', [['Format', nameIdFormats.persistent]]),
  );
  return signEnveloped(writeAroundSignature(root, samlNamespaces), id, signer);
}
