/** @module Argon2 passwords (RFC 9106) in the PHC string form `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type ErrorFacts, GatehouseError } from '../spi/errors.ts';
import type { Argon2Password } from '../spi/passwords.ts';
import type { Secret } from '../spi/secret.ts';

export type Argon2Parameters = Argon2Password['parameters'];

/** OWASP's first choice for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
export const defaultArgon2: Argon2Parameters = { memoryKib: 19_456, passes: 2, lanes: 1 };

/** One login may take this much memory (256 MiB, four times RFC 9106's second choice): a few at once must not end the process. */
export const maxArgon2MemoryKib = 262_144;
/** With the memory limit it keeps one login below some seconds. */
export const maxArgon2Passes = 16;
/** More lanes than a server has cores only cost. */
export const maxArgon2Lanes = 16;
/** RFC 9106 §3.1 asks for 8 bytes at least; 64 are more than any generator of such strings writes. */
export const argon2SaltBytes = { min: 8, max: 64 } as const;
/** Below 16 bytes a hash can be guessed; above 64 nothing is gained. */
export const argon2HashBytes = { min: 16, max: 64 } as const;

const madeHashBytes = 32;

export type Argon2Hash = Argon2Password;

const variants = ['argon2id', 'argon2i', 'argon2d'] as const;

/** True for what claims to be an Argon2 string of any variant; such a value is never taken for a plain password. */
export function claimsArgon2(stored: string): boolean {
  return /^\$argon2(?:id|i|d)\$/.test(stored);
}

/**
 * Reads the one form that is supported: version 19, parameters in the order m, t, p, base64 without padding. Argon2i and
 * Argon2d are read for the sake of imported users; only Argon2id is written. `facts` say where it stood, for the error.
 * @throws ERR_CONFIG_INVALID on any other form or beyond the limits of this file.
 */
export function parseArgon2(text: string, facts: ErrorFacts = {}): Argon2Hash {
  const form =
    /^\$(argon2id|argon2i|argon2d)\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,128})$/;
  const parts = form.exec(text);
  if (parts === null) {
    throw invalid('not a PHC string of Argon2 version 19', facts);
  }
  const [, variant, memory, passes, lanes, salt = '', hash = ''] = parts;
  return buildArgon2(
    {
      variant: variants.find((known) => known === variant) ?? 'argon2id',
      parameters: { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) },
      salt: fromBase64(salt, facts),
      hash: fromBase64(hash, facts),
    },
    facts,
  );
}

/** One that was written in parts (Keycloak). @throws ERR_CONFIG_INVALID beyond the limits of this file. */
export function buildArgon2(parts: Omit<Argon2Hash, 'kind'>, facts: ErrorFacts = {}): Argon2Hash {
  checkParameters(parts.parameters, facts);
  checkLength('salt', parts.salt, argon2SaltBytes, facts);
  checkLength('hash', parts.hash, argon2HashBytes, facts);
  return { kind: 'argon2', ...parts };
}

/**
 * Makes the PHC string of a password. `salt` is 16 fresh random bytes.
 * @throws ERR_CONFIG_INVALID when a parameter is out of bounds; ERR_STORE_UNAVAILABLE when there is no memory to hash in.
 */
export async function hashArgon2(
  password: Secret<string>,
  salt: Uint8Array,
  parameters: Argon2Parameters = defaultArgon2,
): Promise<string> {
  checkParameters(parameters, {});
  checkLength('salt', salt, argon2SaltBytes, {});
  const hash = await derive('argon2id', password, salt, parameters, madeHashBytes);
  const { memoryKib, passes, lanes } = parameters;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${toBase64(salt)}$${toBase64(hash)}`;
}

/** Runs on the thread pool. @throws ERR_STORE_UNAVAILABLE when there is no memory to hash in. */
export async function verifyArgon2(stored: Argon2Hash, password: Secret<string>): Promise<boolean> {
  const derived = await derive(stored.variant, password, stored.salt, stored.parameters, stored.hash.length);
  return timingSafeEqual(derived, stored.hash);
}

async function derive(
  variant: Argon2Hash['variant'],
  password: Secret<string>,
  salt: Uint8Array,
  { memoryKib, passes, lanes }: Argon2Parameters,
  tagLength: number,
): Promise<Uint8Array> {
  try {
    return await promisify(argon2)(variant, {
      message: Buffer.from(password.reveal(), 'utf8'),
      nonce: salt,
      memory: memoryKib,
      passes,
      parallelism: lanes,
      tagLength,
    });
  } catch (cause) {
    // The parameters have been checked: what is left to fail is the memory for the blocks.
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the password could not be hashed', { cause });
  }
}

function checkParameters({ memoryKib, passes, lanes }: Argon2Parameters, facts: ErrorFacts): void {
  // RFC 9106 §3.1: at least eight blocks a lane.
  const inBounds =
    isWithin(lanes, 1, maxArgon2Lanes) &&
    isWithin(passes, 1, maxArgon2Passes) &&
    isWithin(memoryKib, 8 * lanes, maxArgon2MemoryKib);
  if (!inBounds) {
    throw invalid('Argon2 parameters out of bounds', { ...facts, memoryKib, passes, lanes });
  }
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function checkLength(
  what: 'salt' | 'hash',
  { length }: Uint8Array,
  { min, max }: { readonly min: number; readonly max: number },
  facts: ErrorFacts,
): void {
  if (!isWithin(length, min, max)) {
    throw invalid(`Argon2 ${what} length out of bounds`, { ...facts, length });
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

function fromBase64(text: string, facts: ErrorFacts): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (toBase64(bytes) !== text) {
    throw invalid('not canonical base64 in an Argon2 string', facts);
  }
  return bytes;
}

function invalid(message: string, facts: ErrorFacts): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', message, { facts });
}
