/** @module Verifying an enveloped signature: the one shape that SAML allows (saml-core §5.4), and nothing else. */
import { hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { decodeWrappedBase64 } from '../encoding/base64.ts';
import {
  digestMethodOf,
  dsigNamespace,
  envelopedSignature,
  exclusiveC14n,
  type HashName,
  signatureMethodOf,
  verifiedByOneOf,
} from './algorithms.ts';
import { canonicalize } from './canonicalize.ts';
import { attribute, childElements, children, isElement, textOf, type XmlElement } from './element.ts';
import { isNcName, xmlNamespace } from './names.ts';

/** `xs xsi` is what peers write; a longer list only costs time. */
const maxInclusivePrefixes = 16;

/**
 * Verifies the signature of `element`, and returns that element without its Signature child: what the signature covers and
 * nothing else. Read values from what is returned only. `ds:KeyInfo` is never looked at: trust comes from `keys`.
 * @param root the whole document, in which every ID must be unique.
 * @param element `root` or something in it.
 * @throws ERR_XML_SIGNATURE
 */
export function verifyEnveloped(root: XmlElement, element: XmlElement, keys: readonly KeyObject[]): XmlElement {
  const id = attribute(element, 'ID');
  if (id === undefined || !isNcName(id)) throw refused('The signed element has no ID', 'reference');
  const ids = new Set<string>();
  if (!collectIds(root, element, ids)) throw refused('The signed element is not in the document', 'reference');

  const [signature, second] = children(element, dsigNamespace, 'Signature');
  if (signature === undefined) throw refused('The element has no signature', 'missing');
  if (second !== undefined) throw refused('The element has more than one signature');
  const signed = openSignature(signature, id, keys);
  // Only now: the digest costs work that is done for nobody but the partner.
  checkDigest(signed, hash(signed.digest, canonicalize(element, signed.prefixes, signature), 'buffer'));
  return { ...element, content: element.content.filter((node) => node !== signature) };
}

/** What a signature that was made with one of the keys says about the element that it covers. */
export interface SignedDigest {
  readonly digest: HashName;
  /** The PrefixList with which the element was made canonical. */
  readonly prefixes: readonly string[];
  readonly expected: Uint8Array;
}

/**
 * Checks the shape of a `ds:Signature` over the element with this ID, and that one of the keys made it. What it says is
 * not yet compared with any element: that is `checkDigest`. @throws ERR_XML_SIGNATURE
 */
export function openSignature(signature: XmlElement, id: string, keys: readonly KeyObject[]): SignedDigest {
  const [signedInfo, signatureValue, keyInfo, ...more] = childElements(signature);
  if (!isDsig(signedInfo, 'SignedInfo') || !isDsig(signatureValue, 'SignatureValue') || more.length > 0) {
    throw refused('The signature has another shape than SAML allows');
  }
  if (keyInfo !== undefined && !isDsig(keyInfo, 'KeyInfo')) {
    throw refused('The signature has another shape than SAML allows');
  }
  const [canonicalization, methodElement, reference, ...others] = childElements(signedInfo);
  if (
    !isDsig(canonicalization, 'CanonicalizationMethod') ||
    !isDsig(methodElement, 'SignatureMethod') ||
    !isDsig(reference, 'Reference') ||
    others.length > 0 ||
    // HMACOutputLength and the parameters of RSA-PSS live here: the algorithms that are allowed need neither.
    methodElement.content.length > 0
  ) {
    throw refused('The signed information has another shape than SAML allows');
  }
  const infoPrefixes = inclusivePrefixes(canonicalization);
  const method = signatureMethodOf(attribute(methodElement, 'Algorithm') ?? '');
  if (method === undefined) throw refused('The signature algorithm is not allowed', 'algorithm');

  const value = decodeWrappedBase64(textOf(signatureValue) ?? '');
  if (value === undefined) throw refused('The signature value is not base64');
  if (!verifiedByOneOf(keys, method, Buffer.from(canonicalize(signedInfo, infoPrefixes)), value)) {
    throw refused('The signature was not made with a key of the partner', 'key');
  }
  return readReference(reference, id);
}

function readReference(reference: XmlElement, id: string): SignedDigest {
  if (attribute(reference, 'URI') !== `#${id}`) throw refused('The reference points to another element', 'reference');
  const [transforms, digestMethod, digestValue, ...more] = childElements(reference);
  if (
    !isDsig(transforms, 'Transforms') ||
    !isDsig(digestMethod, 'DigestMethod') ||
    !isDsig(digestValue, 'DigestValue') ||
    more.length > 0
  ) {
    throw refused('The reference has another shape than SAML allows');
  }
  const [enveloped, exclusive, ...others] = childElements(transforms);
  if (
    !isDsig(enveloped, 'Transform') ||
    !isDsig(exclusive, 'Transform') ||
    others.length > 0 ||
    attribute(enveloped, 'Algorithm') !== envelopedSignature ||
    childElements(enveloped).length > 0
  ) {
    throw refused('The transforms are not the two that SAML allows', 'transforms');
  }
  const prefixes = inclusivePrefixes(exclusive);
  const digest = digestMethodOf(attribute(digestMethod, 'Algorithm') ?? '');
  if (digest === undefined) throw refused('The digest algorithm is not allowed', 'algorithm');
  const expected = decodeWrappedBase64(textOf(digestValue) ?? '');
  if (expected === undefined) throw refused('The digest is not base64');
  return { digest, prefixes, expected };
}

/** @throws ERR_XML_SIGNATURE */
export function checkDigest({ expected }: SignedDigest, actual: Uint8Array): void {
  if (expected.byteLength !== actual.byteLength || !timingSafeEqual(expected, actual)) {
    throw refused('The digest does not match', 'digest');
  }
}

/** The PrefixList of an exclusive canonicalization (xml-exc-c14n §4). */
function inclusivePrefixes(method: XmlElement): readonly string[] {
  if (attribute(method, 'Algorithm') !== exclusiveC14n)
    throw refused('The canonicalization is not the exclusive one', 'transforms');
  const [inclusive, ...more] = childElements(method);
  if (inclusive === undefined) return [];
  const list = attribute(inclusive, 'PrefixList');
  if (!isElement(inclusive, exclusiveC14n, 'InclusiveNamespaces') || more.length > 0 || list === undefined) {
    throw refused('The canonicalization has another shape than SAML allows');
  }
  const prefixes = list.split(' ').filter((prefix) => prefix !== '');
  if (prefixes.length > maxInclusivePrefixes) throw refused('The prefix list is too long');
  return prefixes;
}

/**
 * Collects every ID below `at`; true when `wanted` was met. Any of the usual ID attributes counts, whatever a schema would say.
 * @throws ERR_XML_SIGNATURE for one that is in `ids` already
 */
export function collectIds(at: XmlElement, wanted: XmlElement | undefined, ids: Set<string>): boolean {
  let met = at === wanted;
  for (const { localName, namespace, value } of at.attributes) {
    const isId = namespace === '' ? localName.toLowerCase() === 'id' : localName === 'id' && namespace === xmlNamespace;
    if (!isId) continue;
    if (ids.has(value)) throw refused('An ID comes twice', 'duplicate-id');
    ids.add(value);
  }
  for (const node of at.content) {
    if (typeof node !== 'string' && collectIds(node, wanted, ids)) met = true;
  }
  return met;
}

function isDsig(element: XmlElement | undefined, localName: string): element is XmlElement {
  return element !== undefined && isElement(element, dsigNamespace, localName);
}

/** What is wrong with a signature, for whoever has to find out whose fault it is; also `facts.reason` of the error. */
export type SignatureFault =
  | 'missing'
  | 'shape'
  | 'algorithm'
  | 'transforms'
  | 'reference'
  | 'duplicate-id'
  | 'key'
  | 'digest';

function refused(message: string, reason: SignatureFault = 'shape'): GatehouseError {
  return new GatehouseError('ERR_XML_SIGNATURE', message, { facts: { reason } });
}
