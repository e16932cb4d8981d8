/** @module The `otpauth:` URI with which a QR code sets up an authenticator (the Key Uri Format that authenticators share). */
import { encodeBase32 } from './base32.ts';
import { type CodeParameters, stepSeconds } from './totp.ts';

/** A QR code holds about 1,000 characters before cameras fail at it; a name has its part of them. */
const maxLabelCharacters = 100;

export function buildOtpauthUri(
  parts: CodeParameters & { readonly issuer: string; readonly user: string; readonly secret: Uint8Array },
): string {
  const issuer = labelPart(parts.issuer);
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(labelPart(parts.user))}`;
  const query = [
    ['secret', encodeBase32(parts.secret)],
    ['issuer', issuer],
    ['algorithm', parts.algorithm.replace('-', '')],
    ['digits', String(parts.digits)],
    ['period', String(stepSeconds)],
  ].map(([name, value = '']) => `${name}=${encodeURIComponent(value)}`);
  return `otpauth://totp/${label}?${query.join('&')}`;
}

/** A colon ends the issuer, whatever its encoding. */
function labelPart(text: string): string {
  return [...text.toWellFormed().replaceAll(':', ' ')].slice(0, maxLabelCharacters).join('');
}
