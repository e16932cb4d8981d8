/** @module A root with its certificates, and what the search for a path says of them. */
import { afterAll } from 'vitest';
import { findPath, type Member, memberOf } from '../../../src/adapters/pki/path.ts';
import { readCertificate } from '../../../src/wire/x509/certificate.ts';
import { authority, createCertificates, type IssuedCertificate } from '../../support/client-certificates.ts';

export const made = createCertificates();
afterAll(() => made.remove());
export const now = Date.UTC(2026, 0, 1);

function member({ der }: { readonly der: Uint8Array }): Member {
  const certificate = readCertificate(der);
  const read = certificate && memberOf(certificate);
  if (read === undefined) throw new Error('openssl made what we cannot read');
  return read;
}

export const root = made.issue('root', { extensions: authority(), subject: '/C=DE/O=Example/CN=Root' });

/** The length of the path that was found, or why there is none. */
export function judge(leaf: IssuedCertificate, issuers: readonly IssuedCertificate[], anchors = [root], at = now) {
  const found = findPath(member(leaf), issuers.map(member), anchors.map(member), at);
  return found.status === 'found' ? `found ${found.path.length}` : found.reason;
}
