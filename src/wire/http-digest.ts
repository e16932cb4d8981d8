/** @module HTTP digest hashes (RFC 7616 §3.4) with JBoss's rule for the bytes of HA1. */
import { hash } from 'node:crypto';
import type { DigestEvidence } from '../spi/evidence.ts';
import { equalText } from './equal-text.ts';

type DigestAlgorithm = DigestEvidence['algorithm'];

/**
 * HA1 = H(user:realm:password), lower-case hex. For MD5 each part is Latin-1 unless it has a character above U+00FF, and then UTF-8:
 * what JBoss's add-user wrote into every existing file (jboss-facts §5.4). The newer algorithms take UTF-8 (RFC 7616 §4).
 */
export function buildHa1(user: string, realm: string, password: string, algorithm: DigestAlgorithm = 'MD5'): string {
  const parts = [user, realm, password].map((part) =>
    algorithm === 'MD5' ? jbossBytes(part) : Buffer.from(part, 'utf8'),
  );
  const colon = Buffer.from(':');
  return digest(algorithm, Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [colon, part]))));
}

/** The response that a client with this HA1 must have sent (RFC 7616 §3.4.1; without qop RFC 2069 §2.1.2). */
export function buildDigestResponse(ha1: string, evidence: DigestEvidence): string {
  const { algorithm, nonce } = evidence;
  const ha2 = digest(algorithm, Buffer.from(`${evidence.method}:${evidence.uri}`, 'utf8'));
  const middle =
    evidence.qop === undefined
      ? nonce
      : `${nonce}:${evidence.nonceCount ?? ''}:${evidence.clientNonce ?? ''}:${evidence.qop}`;
  return digest(algorithm, Buffer.from(`${ha1}:${middle}:${ha2}`, 'utf8'));
}

/** In constant time. `ha1` is of the evidence's own algorithm. */
export function verifyDigestResponse(ha1: string, evidence: DigestEvidence): boolean {
  return equalText(buildDigestResponse(ha1, evidence), evidence.response.reveal());
}

/** True for what an MD5 HA1 in a users file looks like. */
export function isHa1(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

const digestNames = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;

function digest(algorithm: DigestAlgorithm, bytes: Buffer): string {
  return hash(digestNames[algorithm], bytes, 'hex');
}

function jbossBytes(part: string): Buffer {
  return Buffer.from(part, /[\u0100-\uffff]/.test(part) ? 'utf8' : 'latin1');
}
