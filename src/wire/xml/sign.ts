/** @module Making an enveloped signature: digest, SignedInfo, value, splice. Everything is written in canonical form at once. */
import { hash } from 'node:crypto';
import type { Signer } from '../../spi/signer.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { digestUris, dsigNamespace, envelopedSignature, exclusiveC14n, signatureMethods } from './algorithms.ts';
import { isNcName } from './names.ts';
import type { AroundSignature } from './writer.ts';

/**
 * The document with its signature (saml-core §5.4; xmldsig-core §8.1).
 * @param id the value of the root element's `ID` attribute, to which the reference points.
 */
export async function signEnveloped({ head, tail }: AroundSignature, id: string, signer: Signer): Promise<string> {
  if (!isNcName(id)) throw new Error('an ID is not an NCName');
  const method = signatureMethods[signer.algorithm];
  const digest = hash(method.hash, head + tail, 'base64');
  const info =
    `<ds:CanonicalizationMethod Algorithm="${exclusiveC14n}"></ds:CanonicalizationMethod>` +
    `<ds:SignatureMethod Algorithm="${method.uri}"></ds:SignatureMethod>` +
    `<ds:Reference URI="#${id}"><ds:Transforms>` +
    `<ds:Transform Algorithm="${envelopedSignature}"></ds:Transform>` +
    `<ds:Transform Algorithm="${exclusiveC14n}"></ds:Transform></ds:Transforms>` +
    `<ds:DigestMethod Algorithm="${digestUris[method.hash]}"></ds:DigestMethod>` +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  // Alone, SignedInfo declares the namespace itself; inside Signature it inherits it.
  const value = await signer.sign(Buffer.from(`<ds:SignedInfo xmlns:ds="${dsigNamespace}">${info}`));
  return (
    `${head}<ds:Signature xmlns:ds="${dsigNamespace}"><ds:SignedInfo>${info}` +
    `<ds:SignatureValue>${encodeBase64(value)}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${encodeBase64(signer.certificate)}</ds:X509Certificate></ds:X509Data>` +
    `</ds:KeyInfo></ds:Signature>${tail}`
  );
}
