/** @module What our metadata says in extensions: the algorithms that we verify, and the scope of our identifiers. */
import { signatureAlgorithms } from '../../spi/signer.ts';
import { digestUris, signatureMethods } from '../xml/algorithms.ts';
import { element, type OutElement } from '../xml/writer.ts';

/**
 * `alg:DigestMethod` and `alg:SigningMethod`, first what to prefer (SAML v2.0 Metadata Profile for Algorithm Support §2.3).
 * Without it Shibboleth signs what it sends over SOAP with RSA and SHA-1, which we refuse.
 */
export function algorithmSupport(): readonly OutElement[] {
  const digests = Object.values(digestUris).map((uri) => element('alg:DigestMethod', [['Algorithm', uri]]));
  const methods = signatureAlgorithms.map((name) =>
    element('alg:SigningMethod', [['Algorithm', signatureMethods[name].uri]]),
  );
  return [...digests, ...methods];
}

/**
 * The domain for which an identity provider may vouch (Subject Identifier Attributes Profile §4.1): partners drop a
 * `subject-id` or `pairwise-id` of another one, and where none is named, all of them.
 */
export function identifierScope(scope: string): OutElement {
  return element('shibmd:Scope', [['regexp', 'false']], scope);
}
