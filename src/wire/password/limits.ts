/** @module How much one stored password may cost to verify, and the small readers that hold every format to it. */
import { type ErrorFacts, GatehouseError } from '../../spi/errors.ts';

/** A Keycloak credential with every field it can have is below 2 KiB. */
export const maxStoredLength = 4096;

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Five million iterations of HMAC take some seconds; OWASP's highest advice is 1.3 million (SHA-1). */
export const pbkdf2Iterations: Bounds = { min: 1, max: 5_000_000 };
/** Cost 15 takes some two seconds. */
export const bcryptCost: Bounds = { min: 4, max: 15 };
/** The format's own minimum; a million rounds take some two seconds. */
export const shaCryptRounds: Bounds = { min: 1000, max: 1_000_000 };
/** N × r: with 2^21 scrypt fills 256 MiB. */
export const maxScryptBlocks = 2 ** 21;
/** N × r × p: as much time as four passes over that memory. */
export const maxScryptWork = 2 ** 23;
export const scryptLanes: Bounds = { min: 1, max: 16 };
/** Empty for hashes that have no salt at all; above 128 bytes no known generator goes. */
export const saltBytes: Bounds = { min: 1, max: 128 };
/** Below 16 bytes a hash can be guessed (MD5 has 16); Keycloak writes 64. */
export const hashBytes: Bounds = { min: 16, max: 128 };

/** Where the stored password stood: goes into the error and nowhere else. It is never the password itself. */
export type Where = ErrorFacts;

export function unsupported(message: string, where: Where): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', message, { facts: where });
}

/** A decimal number without sign or leading zero, within bounds. @throws ERR_CONFIG_INVALID */
export function readNumber(text: string | undefined, what: string, { min, max }: Bounds, where: Where): number {
  const value = text !== undefined && /^(?:0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw unsupported(`the ${what} of a stored password is not between ${min} and ${max}`, where);
  }
  return value;
}

export function checkLength(bytes: Uint8Array, what: string, { min, max }: Bounds, where: Where): Uint8Array {
  if (bytes.length < min || bytes.length > max) {
    throw unsupported(`the ${what} of a stored password has not ${min} to ${max} bytes`, where);
  }
  return bytes;
}

/** Base64 with or without its padding, otherwise exactly what an encoder writes. @throws ERR_CONFIG_INVALID */
export function readBase64(text: string | undefined, what: string, where: Where): Uint8Array {
  const bytes = Buffer.from(text ?? '', 'base64');
  const written = bytes.toString('base64');
  if (text === undefined || (written !== text && written.replaceAll('=', '') !== text)) {
    throw unsupported(`the ${what} of a stored password is not base64`, where);
  }
  return bytes;
}

/** Passlib's variant: `.` in place of `+`, no padding. */
export function readAdaptedBase64(text: string | undefined, what: string, where: Where): Uint8Array {
  if (text?.includes('+') === true) {
    throw unsupported(`the ${what} of a stored password is not base64`, where);
  }
  return readBase64(text?.replaceAll('.', '+'), what, where);
}

export function readHex(text: string | undefined, what: string, where: Where): Uint8Array {
  if (text === undefined || !/^(?:[0-9a-f]{2})+$/.test(text)) {
    throw unsupported(`the ${what} of a stored password is not hexadecimal`, where);
  }
  return Buffer.from(text, 'hex');
}

/** The latin `text` of a salt that goes into the hash as it is written. */
export function readTextSalt(text: string | undefined, where: Where): Uint8Array {
  if (text === undefined || !/^[!-~]+$/.test(text)) {
    throw unsupported('the salt of a stored password has characters that no salt has', where);
  }
  return checkLength(Buffer.from(text, 'latin1'), 'salt', saltBytes, where);
}
