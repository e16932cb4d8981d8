/** @module Checking a typed password against a stored text by JBoss's hash options (jboss-facts §3). */
import { hash } from 'node:crypto';
import type { DigestEvidence } from '../spi/evidence.ts';
import type { PasswordHashOptions } from '../spi/password-hash-options.ts';
import type { Secret } from '../spi/secret.ts';
import { equalText } from './equal-text.ts';
import { buildHa1, verifyDigestResponse } from './http-digest.ts';

/**
 * Compares as JBoss's hash options say. Nothing verifies against an empty text: JBoss lets an empty password in where a
 * line says `user=`, which is more often a slip than a wish.
 */
export function verifyText(stored: string, typed: Secret<string>, options: PasswordHashOptions): boolean {
  const left = options.hashUserPassword ? hashPassword(typed.reveal(), options) : typed.reveal();
  const right = options.hashStorePassword ? hashPassword(stored, options) : stored;
  const equal = equalText(fold(left ?? '', options), fold(right ?? '', options));
  return equal && stored !== '' && left !== undefined && right !== undefined;
}

/**
 * True when the digest response was made with the stored password, or with the stored HA1 (`passwordIsA1Hash`). Nothing
 * verifies against an empty text.
 */
export function verifyDigestText(text: string, evidence: DigestEvidence, options: PasswordHashOptions): boolean {
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
