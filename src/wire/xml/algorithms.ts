/** @module The algorithms of XML signatures that Gatehouse knows (RFC 9231 §2; xmldsig-core1 §6). What is not here is refused. */
import { constants, type KeyObject, verify } from 'node:crypto';
import { type SignatureAlgorithm, signatureAlgorithms } from '../../spi/signer.ts';

export const dsigNamespace = 'http://www.w3.org/2000/09/xmldsig#';
export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

export type HashName = 'sha256' | 'sha384' | 'sha512';

export interface SignatureMethod {
  readonly uri: string;
  readonly hash: HashName;
  readonly keyType: 'rsa' | 'ec';
  /** RSASSA-PSS instead of PKCS #1 1.5. */
  readonly isPss?: true;
}

const moreAlgorithms = 'http://www.w3.org/2001/04/xmldsig-more#';

/** RFC 9231 §2.3.10: the hash of the mask and the length of the salt follow from the name, so that nothing has to be negotiated. */
const pssAlgorithms = 'http://www.w3.org/2007/05/xmldsig-more#';

export const signatureMethods: Readonly<Record<SignatureAlgorithm, SignatureMethod>> = {
  'rsa-sha256': { uri: `${moreAlgorithms}rsa-sha256`, hash: 'sha256', keyType: 'rsa' },
  'rsa-sha384': { uri: `${moreAlgorithms}rsa-sha384`, hash: 'sha384', keyType: 'rsa' },
  'rsa-sha512': { uri: `${moreAlgorithms}rsa-sha512`, hash: 'sha512', keyType: 'rsa' },
  'rsa-pss-sha256': { uri: `${pssAlgorithms}sha256-rsa-MGF1`, hash: 'sha256', keyType: 'rsa', isPss: true },
  'rsa-pss-sha384': { uri: `${pssAlgorithms}sha384-rsa-MGF1`, hash: 'sha384', keyType: 'rsa', isPss: true },
  'rsa-pss-sha512': { uri: `${pssAlgorithms}sha512-rsa-MGF1`, hash: 'sha512', keyType: 'rsa', isPss: true },
  'ecdsa-sha256': { uri: `${moreAlgorithms}ecdsa-sha256`, hash: 'sha256', keyType: 'ec' },
  'ecdsa-sha384': { uri: `${moreAlgorithms}ecdsa-sha384`, hash: 'sha384', keyType: 'ec' },
  'ecdsa-sha512': { uri: `${moreAlgorithms}ecdsa-sha512`, hash: 'sha512', keyType: 'ec' },
};

export const digestUris: Readonly<Record<HashName, string>> = {
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
};

/** `undefined` for everything else: SHA-1, HMAC, DSA, RSA-PSS with parameters of its own. */
export function signatureMethodOf(uri: string): SignatureMethod | undefined {
  for (const algorithm of signatureAlgorithms) {
    if (signatureMethods[algorithm].uri === uri) return signatureMethods[algorithm];
  }
  return undefined;
}

export function digestMethodOf(uri: string): HashName | undefined {
  switch (uri) {
    case digestUris.sha256:
      return 'sha256';
    case digestUris.sha384:
      return 'sha384';
    case digestUris.sha512:
      return 'sha512';
    default:
      return undefined;
  }
}

/** True when one of the keys made `value` over `data`. A key of another type than the method names is never tried. */
export function verifiedByOneOf(
  keys: readonly KeyObject[],
  method: SignatureMethod,
  data: Uint8Array,
  value: Uint8Array,
): boolean {
  return keys.some(
    (key) =>
      key.type === 'public' &&
      key.asymmetricKeyType === method.keyType &&
      verify(method.hash, data, verificationKey(method, key), value),
  );
}

/** ECDSA values are r and s side by side, not DER (xmldsig-core1 §6.4.3). Node takes a bare key a third faster than one with options. */
function verificationKey(method: SignatureMethod, key: KeyObject) {
  if (method.isPss === true) {
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } as const;
  }
  return method.keyType === 'ec' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
}
