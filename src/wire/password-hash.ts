/** @module Checking a typed password against a stored one: JBoss's hash options (jboss-facts §3), or Argon2id where a PHC string is stored. */
import { hash } from 'node:crypto';
import type { DigestEvidence } from '../spi/evidence.ts';
import type { PasswordHashOptions } from '../spi/password-hash-options.ts';
import type { Secret } from '../spi/secret.ts';
import { type Argon2Hash, claimsArgon2, parseArgon2, verifyArgon2 } from './argon2.ts';
import { equalText } from './equal-text.ts';
import { buildHa1, verifyDigestResponse } from './http-digest.ts';

/** What a store keeps for a user. */
export type StoredPassword =
  | { readonly kind: 'argon2'; readonly hash: Argon2Hash }
  | { readonly kind: 'text'; readonly text: string };

/** `line` (from 1) is for the error. @throws ERR_CONFIG_INVALID for an Argon2 string that is not supported: it must never count as a plain password. */
export function parseStoredPassword(text: string, line: number): StoredPassword {
  return claimsArgon2(text) ? { kind: 'argon2', hash: parseArgon2(text, { line }) } : { kind: 'text', text };
}

/**
 * Stands in for a password that is not there. Nothing verifies against an empty text: JBoss lets an empty password in where a
 * line says `user=`, which is more often a slip than a wish.
 */
const absentPassword: StoredPassword = { kind: 'text', text: '' };

/**
 * True when the password is the stored one; false for `undefined`, the user that there is not, at the same cost.
 * `decoy` is an Argon2 hash out of the same store where it has one: it is run for everybody who has none of his own,
 * so that the time tells neither who exists nor who has the older kind of password.
 * @throws ERR_STORE_UNAVAILABLE when there is no memory to hash in.
 */
export async function verifyPassword(
  stored: StoredPassword | undefined,
  typed: Secret<string>,
  options: PasswordHashOptions,
  decoy: Argon2Hash | undefined,
): Promise<boolean> {
  const compared = stored ?? absentPassword;
  if (compared.kind === 'argon2') {
    return verifyArgon2(compared.hash, typed);
  }
  const equal = verifyText(compared.text, typed, options);
  if (decoy !== undefined) {
    await verifyArgon2(decoy, typed);
  }
  return equal;
}

/** Compares as JBoss's hash options say. Nothing verifies against an empty text. */
export function verifyText(stored: string, typed: Secret<string>, options: PasswordHashOptions): boolean {
  const left = options.hashUserPassword ? hashPassword(typed.reveal(), options) : typed.reveal();
  const right = options.hashStorePassword ? hashPassword(stored, options) : stored;
  const equal = equalText(fold(left ?? '', options), fold(right ?? '', options));
  return equal && stored !== '' && left !== undefined && right !== undefined;
}

/**
 * True when the digest response was made with the stored password, or with the stored HA1 (`passwordIsA1Hash`).
 * An Argon2 hash cannot answer that: false.
 */
export function verifyStoredDigest(
  stored: StoredPassword | undefined,
  evidence: DigestEvidence,
  options: PasswordHashOptions,
): boolean {
  const text = stored?.kind === 'text' ? stored.text : '';
  const ha1 = options.passwordIsA1Hash ? text : buildHa1(evidence.username, evidence.realm, text, evidence.algorithm);
  return verifyDigestResponse(ha1, evidence) && text !== '';
}

/**
 * The digest of a password as JBoss writes it; without `hashAlgorithm` the password itself. `undefined` when the password has a
 * character outside `hashCharset`: Java would digest a question mark in its place and accept any other such password too.
 */
export function hashPassword(
  password: string,
  options: Pick<PasswordHashOptions, 'hashAlgorithm' | 'hashEncoding' | 'hashCharset'>,
): string | undefined {
  if (options.hashAlgorithm === undefined) {
    return password;
  }
  if (!isEncodable(password, options.hashCharset)) {
    return undefined;
  }
  const digest = hash(options.hashAlgorithm, Buffer.from(password, options.hashCharset), 'buffer');
  switch (options.hashEncoding) {
    case 'BASE64':
      return digest.toString('base64');
    case 'HEX':
      return digest.toString('hex');
    case 'RFC2617':
      return digest.subarray(0, 16).toString('hex');
    default:
      return options.hashEncoding satisfies never;
  }
}

function isEncodable(password: string, charset: PasswordHashOptions['hashCharset']): boolean {
  switch (charset) {
    case 'ascii':
      return !/[\u0080-\uffff]/.test(password);
    case 'latin1':
      return !/[\u0100-\uffff]/.test(password);
    case 'utf8':
    case 'utf16le':
      return password.isWellFormed();
    default:
      return charset satisfies never;
  }
}

/** String.equalsIgnoreCase of Java: each character to upper and then to lower case. */
function fold(text: string, options: PasswordHashOptions): string {
  return options.ignorePasswordCase ? text.toUpperCase().toLowerCase() : text;
}
