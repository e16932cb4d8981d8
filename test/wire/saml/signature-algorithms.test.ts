/** @module Every signature algorithm on a Response: read by our verifier, and judged by OpenSSL, which knows RSA-PSS where xmlsec1 1.2 does not. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../../src/spi/signer.ts';
import { issueResponse } from '../../../src/wire/saml/response.ts';
import { signatureMethods } from '../../../src/wire/xml/algorithms.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { verifyEnveloped } from '../../../src/wire/xml/verify.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { responseInput } from '../../support/saml-input.ts';
import { refusalOf } from '../../support/thrown-code.ts';
import { xmllintExclusiveC14n, xmllintValidate } from '../../support/xml-judges.ts';

const pairs = { rsa: makeKeyPair('rsa'), ec: makeKeyPair('ec-384') };
const pairOf = (algorithm: SignatureAlgorithm) => (algorithm.startsWith('rsa') ? pairs.rsa : pairs.ec);
const issue = (algorithm: SignatureAlgorithm) =>
  issueResponse(responseInput(Date.UTC(2026, 10, 21), { sign: 'response' }), signerOf(pairOf(algorithm), algorithm));

/** OpenSSL's verdict on the SignedInfo, whose canonical form xmllint makes. */
function opensslAccepts(xml: string, hash: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pss-'));
  try {
    const info = /<ds:SignedInfo>.*?<\/ds:SignedInfo>/s.exec(xml)?.[0] ?? '';
    const value = /<ds:SignatureValue>(.*?)<\/ds:SignatureValue>/.exec(xml)?.[1] ?? '';
    const alone = info.replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">');
    const file = (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const key = file('key.pem', pairs.rsa.publicKey.export({ type: 'spki', format: 'pem' }));
    const signature = file('value', Buffer.from(value, 'base64'));
    const data = file('info.xml', xmllintExclusiveC14n(alone));
    const options = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];
    execFileSync('openssl', ['dgst', `-${hash}`, ...options, '-verify', key, '-signature', signature, data], {
      stdio: 'pipe',
    });
    return true;
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return false;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each(signatureAlgorithms)('%s', (algorithm) => {
  test('is read by our own verifier, and the schema holds', async () => {
    const xml = await issue(algorithm);
    expect(xml).toContain(`<ds:SignatureMethod Algorithm="${signatureMethods[algorithm].uri}">`);
    const root = parseXml(xml);
    expect(verifyEnveloped(root, root, [pairOf(algorithm).publicKey]).localName).toBe('Response');
    expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
  });

  test('is not taken for another one', async () => {
    for (const other of signatureAlgorithms.filter((one) => one !== algorithm && pairOf(one) === pairOf(algorithm))) {
      const xml = (await issue(algorithm)).replace(signatureMethods[algorithm].uri, signatureMethods[other].uri);
      const root = parseXml(xml);
      expect(refusalOf(() => verifyEnveloped(root, root, [pairOf(algorithm).publicKey]))).toBe('ERR_XML_SIGNATURE');
    }
  });
});

test.each(['sha256', 'sha384', 'sha512'] as const)('RSA-PSS with %s is verified by OpenSSL', async (hash) => {
  const xml = await issue(`rsa-pss-${hash}`);
  expect(opensslAccepts(xml, hash)).toBe(true);
  expect(opensslAccepts(await issue(`rsa-${hash}`), hash)).toBe(false);
});
