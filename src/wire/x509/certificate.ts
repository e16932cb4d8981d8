/** @module An X.509 certificate's fields (RFC 5280 §4.1), read from strict DER. It says what is written, not whether it is true. */
import { maxCertificateBytes } from '../../spi/evidence-limits.ts';
import {
  type DerElement,
  derBitString,
  derBoolean,
  derChildren,
  derInteger,
  derObjectIdentifier,
  derTags,
  derTime,
  readDer,
} from '../der-reader.ts';
import { readX500Name, type X500Name } from './x500-name.ts';

export interface Extension {
  readonly critical: boolean;
  /** What the octet string holds. */
  readonly value: Uint8Array;
}

export interface AlgorithmIdentifier {
  readonly algorithm: string;
  /** The whole DER of the parameters. */
  readonly parameters?: Uint8Array;
}

/** What was signed, and how: of a certificate, a revocation list or an OCSP answer. */
export interface Signed {
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

export interface Certificate extends Signed {
  readonly der: Uint8Array;
  /** 1 to 3. */
  readonly version: number;
  readonly serialNumber: bigint;
  /** The octets of the integer, as they are. */
  readonly serialOctets: Uint8Array;
  readonly issuer: X500Name;
  /** The whole DER of the issuer's name. */
  readonly issuerDer: Uint8Array;
  readonly subject: X500Name;
  readonly subjectDer: Uint8Array;
  readonly notBeforeAt: number;
  readonly notAfterAt: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Uint8Array;
  /** The key's bits alone: what OCSP hashes (RFC 6960 §4.1.1). */
  readonly publicKeyBits: Uint8Array;
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** RFC 5280 §4.1.2.2 allows 20 octets. */
const maxSerialOctets = 20;
const maxExtensions = 64;
const versionTag = 0xa0;
const extensionsTag = 0xa3;

/** `undefined`: no certificate, one over the limits, or one with an extension twice (RFC 5280 §4.2). */
export function readCertificate(bytes: Uint8Array): Certificate | undefined {
  if (bytes.length > maxCertificateBytes) return undefined;
  const signed = readSigned(readDer(bytes));
  const fields = [...(derChildren(signed?.content, derTags.sequence) ?? [])];
  const version = fields[0]?.tag === versionTag ? Number(versionOf(fields.shift())) : 1;
  const [serial, algorithm, issuerElement, validity, subjectElement, key, ...others] = fields;
  const serialNumber = derInteger(serial);
  const [notBefore, notAfter, ...extraTimes] = derChildren(validity, derTags.sequence) ?? [];
  const notBeforeAt = derTime(notBefore);
  const notAfterAt = derTime(notAfter);
  const issuer = readX500Name(issuerElement);
  const subject = readX500Name(subjectElement);
  const publicKey = derBitString(derChildren(key, derTags.sequence)?.[1]);
  const extensions = readExtensions(others, version);
  if (
    signed === undefined ||
    ![1, 2, 3].includes(version) ||
    serialNumber === undefined ||
    (serial?.contents.length ?? 0) > maxSerialOctets + 1 ||
    // RFC 5280 §4.1.1.2: what is signed names the algorithm as well, so that nobody can put another in its place.
    !sameElement(algorithm, signed.algorithmElement) ||
    notBeforeAt === undefined ||
    notAfterAt === undefined ||
    extraTimes.length > 0 ||
    issuer === undefined ||
    subject === undefined ||
    key === undefined ||
    publicKey?.unused !== 0 ||
    extensions === undefined
  ) {
    return undefined;
  }
  return {
    signedBytes: signed.signedBytes,
    signatureAlgorithm: signed.signatureAlgorithm,
    signature: signed.signature,
    der: bytes,
    version,
    serialNumber,
    serialOctets: serial?.contents ?? new Uint8Array(),
    issuer,
    issuerDer: issuerElement?.whole ?? new Uint8Array(),
    subject,
    subjectDer: subjectElement?.whole ?? new Uint8Array(),
    notBeforeAt,
    notAfterAt,
    publicKeyInfo: key.whole,
    publicKeyBits: publicKey.bytes,
    extensions,
  };
}

/** `SEQUENCE { content, algorithm, signature }`: the shape of everything that X.509 signs. */
export function readSigned(
  element: DerElement | undefined,
): (Signed & { readonly content: DerElement; readonly algorithmElement: DerElement }) | undefined {
  const [content, algorithmElement, signatureElement, ...others] = derChildren(element, derTags.sequence) ?? [];
  const signatureAlgorithm = readAlgorithm(algorithmElement);
  const signature = derBitString(signatureElement);
  if (content === undefined || algorithmElement === undefined || signatureAlgorithm === undefined) return undefined;
  if (signature?.unused !== 0 || others.length > 0) return undefined;
  return {
    content,
    algorithmElement,
    signedBytes: content.whole,
    signatureAlgorithm,
    signature: signature.bytes,
  };
}

export function readAlgorithm(element: DerElement | undefined): AlgorithmIdentifier | undefined {
  const [identifier, parameters, ...others] = derChildren(element, derTags.sequence) ?? [];
  const algorithm = derObjectIdentifier(identifier);
  if (algorithm === undefined || others.length > 0) return undefined;
  return { algorithm, ...(parameters === undefined ? {} : { parameters: parameters.whole }) };
}

function versionOf(element: DerElement | undefined): bigint {
  return (derInteger(derChildren(element)?.[0]) ?? -1n) + 1n;
}

function sameElement(one: DerElement | undefined, other: DerElement): boolean {
  return one !== undefined && Buffer.compare(one.whole, other.whole) === 0;
}

/** `fields`: what stands after the key. Unique identifiers (tags 1 and 2) have no meaning any more and are passed over. */
function readExtensions(fields: readonly DerElement[], version: number): ReadonlyMap<string, Extension> | undefined {
  const found = fields.find(({ tag }) => tag === extensionsTag);
  if (fields.some(({ tag }) => ![0x81, 0x82, extensionsTag].includes(tag))) return undefined;
  if (found === undefined) return new Map();
  return version === 3 ? readExtensionList(derChildren(found)?.[0]) : undefined;
}

/** RFC 5280 §4.1: `SEQUENCE OF SEQUENCE { id, critical DEFAULT FALSE, OCTET STRING }`. */
export function readExtensionList(list: DerElement | undefined): ReadonlyMap<string, Extension> | undefined {
  const extensions = new Map<string, Extension>();
  const elements = derChildren(list, derTags.sequence);
  if (elements === undefined || elements.length > maxExtensions) return undefined;
  for (const element of elements) {
    const [identifier, second, third, ...others] = derChildren(element, derTags.sequence) ?? [];
    const id = derObjectIdentifier(identifier);
    const critical = third === undefined ? false : derBoolean(second);
    const octets = third ?? second;
    if (id === undefined || critical === undefined || octets?.tag !== derTags.octetString || others.length > 0) {
      return undefined;
    }
    if (extensions.has(id)) return undefined;
    extensions.set(id, { critical, value: octets.contents });
  }
  return extensions;
}
