/** @module What every signer does, wherever its key is: in this process, or in a token that never gives it away. */
import { constants, verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignatureAlgorithm, type Signer, signatureAlgorithms } from '../../src/spi/signer.ts';
import { signEnveloped } from '../../src/wire/xml/sign.ts';
import { element, signatureSlot, writeAroundSignature } from '../../src/wire/xml/writer.ts';
import { xmlsecVerify } from '../support/xml-judges.ts';

export interface SignerHarness {
  /** A signer with a key for the algorithm. */
  signer(algorithm: SignatureAlgorithm): Signer;
  certificatePem(signer: Signer): string;
  close(): Promise<void>;
}

/** As the verifier of XML signatures does (RFC 9231 §2.3.10, xmldsig-core1 §6.4.3). */
function isGood({ algorithm, certificate }: Signer, data: Uint8Array, value: Uint8Array): boolean {
  const { publicKey: key } = new X509Certificate(certificate);
  const hash = algorithm.split('-').at(-1);
  if (algorithm.startsWith('ecdsa-')) return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, value);
  if (!algorithm.startsWith('rsa-pss-')) return verify(hash, data, key, value);
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return verify(hash, data, pss, value);
}

export function testSigner(name: string, open: () => Promise<SignerHarness>): void {
  describe(`${name} as a signer`, () => {
    let harness: SignerHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());

    it.each(signatureAlgorithms)('signs with %s what its certificate verifies', async (algorithm) => {
      const signer = harness.signer(algorithm);
      const data = Buffer.from(`what is signed with ${algorithm}`);
      const value = await signer.sign(data);
      expect([signer.algorithm, isGood(signer, data, value)]).toEqual([algorithm, true]);
      expect(isGood(signer, Buffer.from('something else'), value)).toBe(false);
    });

    it.each(['rsa-sha256', 'ecdsa-sha256'] as const)(
      'makes with %s an XML signature that xmlsec1 verifies',
      async (algorithm) => {
        const signer = harness.signer(algorithm);
        const document = element('saml:Assertion', [['ID', '_1']], signatureSlot, 'text');
        const namespaces = { saml: 'urn:oasis:names:tc:SAML:2.0:assertion' };
        const xml = await signEnveloped(writeAroundSignature(document, namespaces), '_1', signer);
        expect(xmlsecVerify(xml, harness.certificatePem(signer))).toMatchObject({ accepted: true });
      },
    );

    it('signs nothing, a byte and a megabyte', async () => {
      const signer = harness.signer('rsa-sha256');
      for (const data of [Buffer.alloc(0), Buffer.of(0), Buffer.alloc(1024 * 1024, 7)]) {
        expect(isGood(signer, data, await signer.sign(data))).toBe(true);
      }
    });

    it('signs several things at once without mixing them up', async () => {
      const signer = harness.signer('ecdsa-sha256');
      const texts = Array.from({ length: 8 }, (_, index) => Buffer.from(`text ${index}`));
      const values = await Promise.all(texts.map((text) => signer.sign(text)));
      expect(texts.map((text, index) => isGood(signer, text, values[index]!))).toEqual(texts.map(() => true));
    });

    it('shows its private key in no inspection of itself', () => {
      expect(JSON.stringify(harness.signer('rsa-sha256'))).not.toContain('PRIVATE KEY');
    });
  });
}
