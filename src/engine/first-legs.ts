/** @module A name and a password between two pages: sealed in the browser while it asks for a one-time code, kept nowhere here. */
import type { Clock, Random } from '../spi/clock.ts';
import type { PasswordEvidence } from '../spi/evidence.ts';
import { Secret } from '../spi/secret.ts';
import { createSealing } from './sealing.ts';

/** Time to take out a telephone and find the program. */
export const firstLegMs = 5 * 60_000;

/** The longest name and password, every UTF-16 unit escaped, in base64: nothing longer was sealed here. */
export const maxFirstLegCharacters = 65_536;

/** What the first leg belongs to: with another parked login, or in another browser, it is worth nothing. */
export interface FirstLegBinding {
  readonly pendingId: string;
  /** The name of the browser's key. */
  readonly browser: string;
}

export interface FirstLeg {
  /** The mechanism that has read it. */
  readonly mechanism: string;
  readonly evidence: PasswordEvidence;
}

export interface FirstLegs {
  seal(leg: FirstLeg, binding: FirstLegBinding): string;
  /** `undefined`: too old, bound to something else, or not sealed here. */
  open(sealed: string, binding: FirstLegBinding): FirstLeg | undefined;
}

/** `key`: the installation's, the same on every node. Nothing is stored: nobody can fill a memory by asking for the second page. */
export function createFirstLegs(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly key: Secret<Uint8Array>;
}): FirstLegs {
  const { clock } = options;
  const sealing = createSealing({ ...options, purpose: 'first leg of a login' });
  const boundTo = ({ pendingId, browser }: FirstLegBinding) => [pendingId, browser];

  return {
    seal({ mechanism, evidence }, binding) {
      const text = [String(clock.now()), mechanism, evidence.username, evidence.password.reveal()];
      return sealing.seal(JSON.stringify(text), boundTo(binding));
    },
    open(sealed, binding) {
      const text = sealed.length > maxFirstLegCharacters ? undefined : sealing.open(sealed, boundTo(binding));
      if (text === undefined) return undefined;
      const [at, mechanism, username, password] = textsOf(JSON.parse(text));
      if (mechanism === undefined || username === undefined || password === undefined) return undefined;
      if (clock.now() - Number(at) >= firstLegMs) return undefined;
      return { mechanism, evidence: { kind: 'password', username, password: new Secret(password) } };
    },
  };
}

/** Another release may have sealed something else. */
function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) && value.length === 4 && value.every((part) => typeof part === 'string') ? value : [];
}
