/** @module Passwords as a Keycloak export has them: a credential with `credentialData` and `secretData`, on one line. */
import { z } from 'zod';
import type { DigestName, PasswordHash } from '../../spi/passwords.ts';
import { buildArgon2 } from '../argon2.ts';
import {
  checkLength,
  hashBytes,
  pbkdf2Iterations,
  readBase64,
  readNumber,
  saltBytes,
  unsupported,
  type Where,
} from './limits.ts';

/** A value that begins like a JSON object with a key. */
export function claimsKeycloak(text: string): boolean {
  return /^\{\s*"/.test(text);
}

const digests: Readonly<Record<string, DigestName>> = {
  pbkdf2: 'sha1',
  'pbkdf2-sha256': 'sha256',
  'pbkdf2-sha512': 'sha512',
};

const variants = { id: 'argon2id', i: 'argon2i', d: 'argon2d' } as const;

/** Exports have these two as JSON inside a string; as tables they need no backslashes and fit into a property file. */
const fromText = (value: unknown): unknown => (typeof value === 'string' ? parseJson(value) : value);

const firstOf = z
  .array(z.string())
  .min(1)
  .transform((list) => list[0] ?? '');

/** Only what verifying takes: an export adds ids, dates and labels, and a later one may add more. */
const credentialSchema = z.object({
  type: z.literal('password').optional(),
  credentialData: z.preprocess(
    fromText,
    z.object({
      algorithm: z.string(),
      hashIterations: z.int(),
      additionalParameters: z
        .object({ type: firstOf, version: firstOf, memory: firstOf, parallelism: firstOf })
        .partial()
        .optional(),
    }),
  ),
  secretData: z.preprocess(fromText, z.object({ value: z.string(), salt: z.string() })),
});

type Credential = z.output<typeof credentialSchema>;

/** @throws ERR_CONFIG_INVALID on anything that is not such a credential and beyond the limits. */
export function parseKeycloak(text: string, where: Where): PasswordHash {
  const read = credentialSchema.safeParse(parseJson(text));
  if (!read.success) {
    throw unsupported(
      'not a password credential of Keycloak; a plain password may be written behind {CLEARTEXT}',
      where,
    );
  }
  const { credentialData, secretData } = read.data;
  const salt = checkLength(readBase64(secretData.salt, 'salt', where), 'salt', saltBytes, where);
  const hash = checkLength(readBase64(secretData.value, 'hash', where), 'hash', hashBytes, where);
  const { algorithm, hashIterations } = credentialData;
  if (algorithm === 'argon2') {
    return parseArgon2Credential(credentialData, salt, hash, where);
  }
  const digest = Object.hasOwn(digests, algorithm) ? digests[algorithm] : undefined;
  if (digest === undefined) {
    throw unsupported('a Keycloak credential of an unknown algorithm is not supported', where);
  }
  const iterations = readNumber(String(hashIterations), 'number of iterations', pbkdf2Iterations, where);
  return { kind: 'pbkdf2', digest, iterations, salt, hash };
}

function parseArgon2Credential(
  { hashIterations, additionalParameters = {} }: Credential['credentialData'],
  salt: Uint8Array,
  hash: Uint8Array,
  where: Where,
): PasswordHash {
  const { type = '', version, memory, parallelism } = additionalParameters;
  const variant = type === 'id' || type === 'i' || type === 'd' ? variants[type] : undefined;
  // Keycloak writes version 19 (0x13) as 1.3.
  if (variant === undefined || version !== '1.3') {
    throw unsupported('a Keycloak credential of another Argon2 than version 1.3 is not supported', where);
  }
  const any = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const parameters = {
    memoryKib: readNumber(memory, 'memory', any, where),
    passes: hashIterations,
    lanes: readNumber(parallelism, 'parallelism', any, where),
  };
  return buildArgon2({ variant, parameters, salt, hash }, where);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
