/** @module Certification paths: RFC 5280 §6.1 for one path, and the search for a path that passes it. */
import type { CertificateRefusal } from '../../spi/truststore.ts';
import type { Certificate } from '../../wire/x509/certificate.ts';
import {
  keyUsageBits,
  processedExtensions,
  purposes,
  readTrustExtensions,
  type TrustExtensions,
} from '../../wire/x509/extensions.ts';
import { forbiddenName, type NameConstraints } from '../../wire/x509/name-constraints.ts';
import { formatX500Name, x500NameKey } from '../../wire/x509/x500-name.ts';
import { strongKey, verifySignature } from './signatures.ts';

/** A certificate whose extensions have been read. */
export interface Member {
  readonly certificate: Certificate;
  readonly extensions: TrustExtensions;
  /** Names in the form in which they are compared (RFC 5280 §7.1). */
  readonly subjectKey: string;
  readonly issuerKey: string;
}

export interface Refusal {
  readonly reason: CertificateRefusal;
  readonly note?: string;
}

/** `undefined`: an extension is malformed. */
export function memberOf(certificate: Certificate): Member | undefined {
  const extensions = readTrustExtensions(certificate);
  if (extensions === undefined) return undefined;
  return {
    certificate,
    extensions,
    subjectKey: x500NameKey(certificate.subject),
    issuerKey: x500NameKey(certificate.issuer),
  };
}

/** A distinguished name is as long as its author likes, and may hold anything. */
const maxNameInNote = 120;

export function refusal(reason: CertificateRefusal, { certificate }: Member, detail?: string): Refusal {
  const subject = formatX500Name(certificate.subject)
    .replace(/\p{Cc}/gu, '?')
    .slice(0, maxNameInNote);
  return { reason, note: detail === undefined ? subject : `${subject}: ${detail}` };
}

/** What holds for the client's own certificate whoever issued it: RFC 5280 §4.2.1.3 and §4.2.1.12 for TLS clients. */
export function refuseAsClient(leaf: Member, now: number): Refusal | undefined {
  const { keyUsage, extendedKeyUsage } = leaf.extensions;
  const general = refuseInGeneral(leaf, now);
  if (general !== undefined) return general;
  if (keyUsage?.(keyUsageBits.digitalSignature) === false) return refusal('key-usage', leaf, 'no digitalSignature');
  // Not `any` either: the certificate of a device that may do everything was not issued to sign people in.
  return extendedKeyUsage !== undefined && !extendedKeyUsage.includes(purposes.clientAuth)
    ? refusal('extended-key-usage', leaf, 'no clientAuth')
    : undefined;
}

/** Dates, key and critical extensions: for every certificate of a path, the anchor too. */
function refuseInGeneral(member: Member, now: number): Refusal | undefined {
  const { certificate } = member;
  if (now < certificate.notBeforeAt) return refusal('not-yet-valid', member);
  if (now > certificate.notAfterAt) return refusal('expired', member);
  if (strongKey(certificate.publicKeyInfo) === undefined) return refusal('weak-algorithm', member, 'key');
  for (const [id, { critical }] of certificate.extensions) {
    if (critical && !processedExtensions.has(id)) return refusal('critical-extension', member, id);
  }
  return undefined;
}

/** May it issue certificates, with `below` authorities that are not self-issued between it and the leaf? */
function refuseAsAuthority(member: Member, below: number): Refusal | undefined {
  const { isAuthority, pathLength, keyUsage, extendedKeyUsage } = member.extensions;
  if (member.certificate.version !== 3 || !isAuthority)
    return refusal('key-usage', member, 'no certification authority');
  if (pathLength !== undefined && below > pathLength) return refusal('path-length', member);
  if (keyUsage?.(keyUsageBits.keyCertSign) === false) return refusal('key-usage', member, 'no keyCertSign');
  const limited = extendedKeyUsage !== undefined && !extendedKeyUsage.includes(purposes.any);
  return limited && !extendedKeyUsage.includes(purposes.clientAuth)
    ? refusal('extended-key-usage', member, 'no clientAuth')
    : undefined;
}

/**
 * @param path from the leaf to the anchor. The anchor's own constraints hold as well (RFC 5937); its signature is not looked at.
 * @returns why the path is not valid.
 */
export function refusePath(path: readonly Member[], now: number): Refusal | undefined {
  const constraints: NameConstraints[] = [];
  for (const [depth, member] of [...path.entries()].reverse()) {
    const issuer = path[depth + 1];
    const below = path.slice(1, depth).filter((one) => !isSelfIssued(one)).length;
    const signature =
      issuer === undefined ? 'good' : verifySignature(member.certificate, issuer.certificate.publicKeyInfo);
    const refused =
      (signature === 'good' ? undefined : refusal(signature, member)) ??
      (depth === 0 ? refuseAsClient(member, now) : (refuseInGeneral(member, now) ?? refuseAsAuthority(member, below)));
    if (refused !== undefined) return refused;
    if (depth === 0 || !isSelfIssued(member)) {
      const names = { subject: member.certificate.subject, alternativeNames: member.extensions.alternativeNames };
      const forbidden = constraints.map((one) => forbiddenName(names, one)).find((one) => one !== undefined);
      if (forbidden !== undefined) return refusal('name-constraints', member, forbidden);
    }
    if (member.extensions.nameConstraints !== undefined) constraints.push(member.extensions.nameConstraints);
  }
  return undefined;
}

export function isSelfIssued({ subjectKey, issuerKey }: Member): boolean {
  return subjectKey === issuerKey;
}

/** Leaf, six authorities, anchor: twice as long as any path in use. */
const maxPathMembers = 8;
/** Cross-certificates multiply: a search that has tried so many paths is under attack. */
const maxPathsTried = 32;
/** The same for branches that lead to no anchor. */
const maxSteps = 256;

export type PathSearch =
  | { readonly status: 'found'; readonly path: readonly Member[] }
  | ({ readonly status: 'refused' } & Refusal);

/**
 * Tries the paths from the leaf over any of the issuers to any of the anchors, likely ones first. What is refused is refused with the
 * reason of the first path that was complete.
 */
export function findPath(
  leaf: Member,
  issuers: readonly Member[],
  anchors: readonly Member[],
  now: number,
): PathSearch {
  let tried = 0;
  let steps = 0;
  let first: Refusal | undefined;

  function search(path: readonly Member[]): readonly Member[] | undefined {
    const last = path.at(-1) ?? leaf;
    steps += 1;
    for (const anchor of issuersOf(last, anchors)) {
      if (tried >= maxPathsTried) return undefined;
      tried += 1;
      const complete = [...path, anchor];
      const refused = refusePath(complete, now);
      if (refused === undefined) return complete;
      first ??= refused;
    }
    if (path.length >= maxPathMembers - 1) return undefined;
    for (const issuer of issuersOf(last, issuers)) {
      if (path.some((one) => sameHolder(one, issuer))) continue;
      const found = tried < maxPathsTried && steps < maxSteps ? search([...path, issuer]) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  const path = search([leaf]);
  if (path !== undefined) return { status: 'found', path };
  return { status: 'refused', ...(first ?? refusal('no-path', leaf)) };
}

/** By name (RFC 5280 §6.1.3 (a) (4)); key identifiers only say whom to ask first (§4.2.1.1). */
function issuersOf({ issuerKey, extensions }: Member, candidates: readonly Member[]): readonly Member[] {
  const wanted = extensions.authorityKeyId;
  const named = candidates.filter((one) => one.subjectKey === issuerKey);
  const fits = (one: Member) => wanted !== undefined && one.extensions.subjectKeyId === wanted;
  return [...named.filter(fits), ...named.filter((one) => !fits(one))];
}

/** One name with one key stands in a path once (RFC 5280 §6.1): otherwise cross-certificates go round in circles. */
function sameHolder(one: Member, other: Member): boolean {
  const sameKey = Buffer.compare(one.certificate.publicKeyInfo, other.certificate.publicKeyInfo) === 0;
  return sameKey && one.subjectKey === other.subjectKey;
}
