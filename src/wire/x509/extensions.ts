/** @module The certificate extensions that decide about trust (RFC 5280 §4.2): each read strictly, `malformed` when it is not what it should be. */
import {
  type DerElement,
  derBitString,
  derBoolean,
  derChildren,
  derInteger,
  derObjectIdentifier,
  derTags,
  readDer,
} from '../der-reader.ts';
import type { Certificate } from './certificate.ts';
import { type GeneralName, readGeneralName, readGeneralNames } from './general-names.ts';
import { type NameConstraints, readNameConstraints } from './name-constraints.ts';

export const extensionIds = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const;

/**
 * What may be critical. Policies are read as RFC 5280 §6.1.1 (c) does with `any-policy`: every one is acceptable. Constraints on policies
 * are not processed, so that a certificate with a critical one is refused.
 */
export const processedExtensions: ReadonlySet<string> = new Set([
  extensionIds.keyUsage,
  extensionIds.subjectAltName,
  extensionIds.basicConstraints,
  extensionIds.nameConstraints,
  extensionIds.crlDistributionPoints,
  extensionIds.certificatePolicies,
  extensionIds.extendedKeyUsage,
]);

export const purposes = {
  any: '2.5.29.37.0',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

/** Bits of KeyUsage (RFC 5280 §4.2.1.3). */
export const keyUsageBits = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

export interface TrustExtensions {
  readonly isAuthority: boolean;
  /** How many more authorities may follow below, self-issued ones not counted. */
  readonly pathLength?: number;
  /** Absent: every use. */
  readonly keyUsage?: (bit: number) => boolean;
  /** Absent: every purpose. */
  readonly extendedKeyUsage?: readonly string[];
  readonly alternativeNames: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
  /** `http:` and `https:` addresses of OCSP responders. */
  readonly ocspUrls: readonly string[];
  readonly crlUrls: readonly string[];
}

const malformed = Symbol('malformed');
type Read<T> = T | typeof malformed;
const ocspMethod = '1.3.6.1.5.5.7.48.1';

/** `undefined`: one of them is malformed. */
export function readTrustExtensions({ extensions }: Certificate): TrustExtensions | undefined {
  const of = <T>(id: string, read: (value: DerElement) => T | undefined): Read<T> | undefined => {
    const extension = extensions.get(id);
    if (extension === undefined) return undefined;
    const element = readDer(extension.value);
    return (element === undefined ? undefined : read(element)) ?? malformed;
  };
  const basic = of(extensionIds.basicConstraints, readBasicConstraints);
  const usage = of(extensionIds.keyUsage, readKeyUsage);
  const extended = of(extensionIds.extendedKeyUsage, readPurposes);
  const names = of(extensionIds.subjectAltName, ({ whole }) => readGeneralNames(whole));
  const constraints = of(extensionIds.nameConstraints, readNameConstraints);
  const subjectKeyId = of(extensionIds.subjectKeyIdentifier, readKeyId);
  const authority = of(extensionIds.authorityKeyIdentifier, readAuthorityKeyId);
  const access = of(extensionIds.authorityInfoAccess, readOcspUrls);
  const points = of(extensionIds.crlDistributionPoints, readCrlUrls);
  if (
    basic === malformed ||
    usage === malformed ||
    extended === malformed ||
    names === malformed ||
    constraints === malformed ||
    subjectKeyId === malformed ||
    authority === malformed ||
    access === malformed ||
    points === malformed
  ) {
    return undefined;
  }
  return {
    isAuthority: basic?.isAuthority ?? false,
    ...(basic?.pathLength === undefined ? {} : { pathLength: basic.pathLength }),
    ...(usage === undefined ? {} : { keyUsage: usage }),
    ...(extended === undefined ? {} : { extendedKeyUsage: extended }),
    alternativeNames: names ?? [],
    ...(constraints === undefined ? {} : { nameConstraints: constraints }),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId }),
    ...(authority?.keyId === undefined ? {} : { authorityKeyId: authority.keyId }),
    ocspUrls: access ?? [],
    crlUrls: points ?? [],
  };
}

function readBasicConstraints(element: DerElement): { isAuthority: boolean; pathLength?: number } | undefined {
  const children = derChildren(element, derTags.sequence);
  if (children === undefined || children.length > 2) return undefined;
  const [first] = children;
  const isAuthority = first?.tag === derTags.boolean ? derBoolean(first) : false;
  const lengthElement = first?.tag === derTags.boolean ? children[1] : first;
  if (isAuthority === undefined) return undefined;
  if (lengthElement === undefined) return { isAuthority };
  const length = derInteger(lengthElement);
  // Longer than any path here is no limit.
  return length === undefined || length < 0n ? undefined : { isAuthority, pathLength: Number(length) };
}

function readKeyUsage(element: DerElement): ((bit: number) => boolean) | undefined {
  const bits = derBitString(element);
  if (bits === undefined) return undefined;
  const { bytes } = bits;
  return (bit) => ((bytes[Math.floor(bit / 8)] ?? 0) & (0x80 >> (bit % 8))) !== 0;
}

function readPurposes(element: DerElement): readonly string[] | undefined {
  const ids = derChildren(element, derTags.sequence)?.map(derObjectIdentifier);
  return ids?.every((id) => id !== undefined) === true && ids.length > 0 ? ids : undefined;
}

function readKeyId({ tag, contents }: DerElement): string | undefined {
  return tag === derTags.octetString ? Buffer.from(contents).toString('hex') : undefined;
}

function readAuthorityKeyId(element: DerElement): { keyId?: string } | undefined {
  const children = derChildren(element, derTags.sequence);
  const keyId = children?.find(({ tag }) => tag === 0x80);
  if (children === undefined) return undefined;
  return keyId === undefined ? {} : { keyId: Buffer.from(keyId.contents).toString('hex') };
}

function readOcspUrls(element: DerElement): readonly string[] | undefined {
  return derChildren(element, derTags.sequence)?.flatMap((description) => {
    const [method, location] = derChildren(description, derTags.sequence) ?? [];
    return derObjectIdentifier(method) === ocspMethod && location !== undefined ? webUrls([location]) : [];
  });
}

/** `fullName` of points that cover every reason; others are passed over. */
function readCrlUrls(element: DerElement): readonly string[] | undefined {
  return derChildren(element, derTags.sequence)?.flatMap((point) => {
    const [name, ...others] = derChildren(point, derTags.sequence) ?? [];
    const [fullName] = name?.tag === 0xa0 ? (derChildren(name) ?? []) : [];
    return fullName?.tag === 0xa0 && others.length === 0 ? webUrls(derChildren(fullName) ?? []) : [];
  });
}

export function webUrls(names: readonly DerElement[]): readonly string[] {
  return names.flatMap((element) => {
    const name = readGeneralName(element);
    return name?.kind === 'uri' && /^https?:\/\//i.test(name.text) && URL.canParse(name.text) ? [name.text] : [];
  });
}
