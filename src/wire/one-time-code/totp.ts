/** @module One-time codes: HOTP (RFC 4226) over the clock, TOTP (RFC 6238). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** RFC 6238 §1.2. The first is what every authenticator has. */
export const codeAlgorithms = ['SHA-1', 'SHA-256', 'SHA-512'] as const;
export type CodeAlgorithm = (typeof codeAlgorithms)[number];

export type CodeDigits = 6 | 8;

export interface CodeParameters {
  readonly algorithm: CodeAlgorithm;
  readonly digits: CodeDigits;
}

/** The time step X of RFC 6238 §4.1, and the only one that authenticators agree about. */
export const stepSeconds = 30;

/** Steps before and after that of our clock: the most that RFC 6238 §5.2 recommends, and room for a clock that is half a minute off. */
export const driftSteps = 1;

const hashNames: Readonly<Record<CodeAlgorithm, string>> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
};

/** As long as the hash (RFC 6238 §5.1, RFC 4226 §4 R6), in bytes. */
export const secretBytes: Readonly<Record<CodeAlgorithm, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };

/** RFC 4226 §5.3, with the hashes of RFC 6238. */
export function buildCode(secret: Uint8Array, step: number, { algorithm, digits }: CodeParameters): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hashNames[algorithm], secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const truncated = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** The step of an instant in milliseconds since the epoch. */
export function stepAt(at: number): number {
  return Math.floor(at / 1000 / stepSeconds);
}

/**
 * The step within the drift whose code this is. Every step is compared whatever the ones before it gave, so that time does
 * not tell which. Where two steps have the same code it is the later one: the earlier is then spent as well.
 */
export function matchingStep(
  secret: Uint8Array,
  code: string,
  at: number,
  parameters: CodeParameters,
): number | undefined {
  const now = stepAt(at);
  const typed = Buffer.from(code, 'utf8');
  let matched: number | undefined;
  for (let step = Math.max(0, now - driftSteps); step <= now + driftSteps; step += 1) {
    const expected = Buffer.from(buildCode(secret, step, parameters), 'utf8');
    if (typed.length === expected.length && timingSafeEqual(typed, expected)) matched = step;
  }
  return matched;
}
