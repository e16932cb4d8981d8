/** @module Certificate revocation lists (RFC 5280 §5), read from strict DER: complete, direct lists only. */
import { type DerElement, derBoolean, derChildren, derInteger, derTags, derTime, readDer } from '../der-reader.ts';
import { readExtensionList, readSigned, type Signed } from './certificate.ts';
import { webUrls } from './extensions.ts';
import { readX500Name, x500NameKey } from './x500-name.ts';

/** Which certificates of its issuer a list is about (RFC 5280 §5.2.5). */
export interface RevocationListScope {
  readonly users: boolean;
  readonly authorities: boolean;
  /** Set where the list is one of several: it is about the certificates that name one of these addresses. */
  readonly urls?: readonly string[];
}

export interface RevocationList extends Signed {
  /** The name in the form in which it is compared. */
  readonly issuerKey: string;
  readonly thisUpdateAt: number;
  /** Absent in a list that breaks RFC 5280 §5.1.2.5. */
  readonly nextUpdateAt?: number;
  readonly scope: RevocationListScope;
  readonly authorityKeyId?: string;
  isRevoked(serialNumber: bigint): boolean;
}

const ids = {
  issuingDistributionPoint: '2.5.29.28',
  authorityKeyIdentifier: '2.5.29.35',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
} as const;
/** These may be critical in an entry: they say why and since when, which changes nothing. */
const harmlessInEntries: readonly string[] = [ids.reasonCode, ids.invalidityDate];

/** `undefined`: no list, or one that cannot be relied on alone (delta, indirect, for some reasons only, an unknown critical extension). */
export function readRevocationList(der: Uint8Array): RevocationList | undefined {
  const signed = readSigned(readDer(der));
  const fields = [...(derChildren(signed?.content, derTags.sequence) ?? [])];
  // The version stands only where it is 2.
  if (fields[0]?.tag === derTags.integer && derInteger(fields.shift()) !== 1n) return undefined;
  const [algorithm, issuerElement, thisUpdate, ...others] = fields;
  const issuer = readX500Name(issuerElement);
  const thisUpdateAt = derTime(thisUpdate);
  const nextUpdateAt = derTime(others[0]);
  if (nextUpdateAt !== undefined) others.shift();
  const revoked = others[0]?.tag === derTags.sequence ? readEntries(others.shift()) : new Set<bigint>();
  const extensions = others[0]?.tag === 0xa0 ? readExtensionList(derChildren(others.shift())?.[0]) : new Map();
  if (signed === undefined || issuer === undefined || thisUpdateAt === undefined || others.length > 0) return undefined;
  if (algorithm === undefined || Buffer.compare(algorithm.whole, signed.algorithmElement.whole) !== 0) return undefined;
  const scope = readScope(extensions);
  if (revoked === undefined || scope === undefined) return undefined;
  const authorityKeyId = readAuthorityKeyId(extensions);
  return {
    signedBytes: signed.signedBytes,
    signatureAlgorithm: signed.signatureAlgorithm,
    signature: signed.signature,
    issuerKey: x500NameKey(issuer),
    thisUpdateAt,
    ...(nextUpdateAt === undefined ? {} : { nextUpdateAt }),
    scope,
    ...(authorityKeyId === undefined ? {} : { authorityKeyId }),
    isRevoked: (serialNumber) => revoked.has(serialNumber),
  };
}

function readEntries(element: DerElement | undefined): ReadonlySet<bigint> | undefined {
  const revoked = new Set<bigint>();
  for (const entry of derChildren(element) ?? []) {
    const [serial, date, extensions] = derChildren(entry, derTags.sequence) ?? [];
    const serialNumber = derInteger(serial);
    if (serialNumber === undefined || derTime(date) === undefined) return undefined;
    if (extensions !== undefined && !areHarmless(extensions)) return undefined;
    revoked.add(serialNumber);
  }
  return revoked;
}

/** A critical extension such as certificateIssuer says that the entry is about something else than it seems. */
function areHarmless(extensions: DerElement): boolean {
  const read = readExtensionList(extensions);
  return read !== undefined && [...read].every(([id, { critical }]) => !critical || harmlessInEntries.includes(id));
}

type Extensions = ReturnType<typeof readExtensionList>;

function readScope(extensions: Extensions): RevocationListScope | undefined {
  const everything = { users: true, authorities: true };
  if (extensions === undefined) return undefined;
  for (const [id, { critical }] of extensions) {
    // A delta list is critical by RFC 5280 §5.2.4, and so is caught here.
    if (critical && id !== ids.issuingDistributionPoint) return undefined;
  }
  const point = extensions.get(ids.issuingDistributionPoint);
  return point === undefined ? everything : readIssuingPoint(derChildren(readDer(point.value), derTags.sequence));
}

function readIssuingPoint(fields: readonly DerElement[] | undefined): RevocationListScope | undefined {
  const flag = (tag: number) => {
    const field = fields?.find((one) => one.tag === tag);
    return field === undefined ? false : derBoolean({ ...field, tag: derTags.boolean });
  };
  const [onlyUsers, onlyAuthorities, indirect, onlyAttributes] = [0x81, 0x82, 0x84, 0x85].map(flag);
  const someReasons = fields?.some(({ tag }) => tag === 0x83);
  if (fields === undefined || someReasons || indirect !== false || onlyAttributes !== false) return undefined;
  if (onlyUsers === undefined || onlyAuthorities === undefined) return undefined;
  const [name] = derChildren(fields.find(({ tag }) => tag === 0xa0)) ?? [];
  const urls = name === undefined ? undefined : webUrls(name.tag === 0xa0 ? (derChildren(name) ?? []) : []);
  return { users: !onlyAuthorities, authorities: !onlyUsers, ...(urls === undefined ? {} : { urls }) };
}

function readAuthorityKeyId(extensions: Extensions): string | undefined {
  const value = extensions?.get(ids.authorityKeyIdentifier)?.value;
  const fields = value === undefined ? undefined : derChildren(readDer(value), derTags.sequence);
  const keyId = fields?.find(({ tag }) => tag === 0x80);
  return keyId === undefined ? undefined : Buffer.from(keyId.contents).toString('hex');
}
