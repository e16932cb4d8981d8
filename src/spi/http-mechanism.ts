/** @module The contract of an HTTP mechanism (the JASPI idea): evidence out of a request, a challenge into a response. */
import type { z } from 'zod';
import type { Evidence } from './evidence.ts';

/** The parts of a request that a mechanism may read. */
export interface MechanismRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names; a repeated field is joined by `, ` (RFC 9110 §5.3). */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** A parsed form body; a field that came twice is absent and named in `repeatedFields`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly repeatedFields?: readonly string[];
  /** DER, leaf first, as shown on the connection or to a trusted proxy. Empty: something was shown that cannot be read. */
  readonly certificateChain?: readonly Uint8Array[];
  readonly confidential: boolean;
  readonly sourceAddress: string;
}

export type MechanismResult =
  /** Nothing for this mechanism in the request: the next one is asked. */
  | { readonly status: 'not-attempted' }
  | { readonly status: 'evidence'; readonly evidence: Evidence }
  /** Something was there and is not well formed: the request is challenged anew, and no other mechanism is asked. */
  | { readonly status: 'malformed'; readonly note: string };

export type MechanismChallenge =
  | { readonly kind: 'header'; readonly status: 401; readonly headers: Readonly<Record<string, string>> }
  /** Park the request and show the sign-in page. */
  | { readonly kind: 'form' };

export interface HttpMechanism {
  /** FORM, BASIC …: what the configuration and the audit trail call it. */
  readonly name: string;
  /**
   * True where evidence comes with the connection, unasked: a session and every other mechanism then come first, and after
   * a refusal the others may still be asked. Otherwise nobody with the wrong certificate could ever sign in with a password.
   */
  readonly ambient?: boolean;
  evaluate(request: MechanismRequest): MechanismResult;
  /** `undefined`: this mechanism cannot be asked for in this request (BASIC without TLS outside loopback). */
  challenge(request: MechanismRequest): MechanismChallenge | undefined;
}

/** A mechanism name in the catalogue: how to check its options and how to make it. */
export interface HttpMechanismFactory {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly options: z.ZodType;
  create(options: unknown): HttpMechanism;
}

export function defineHttpMechanism<S extends z.ZodType>(definition: {
  name: string;
  aliases?: readonly string[];
  summary: string;
  options: S;
  create(options: z.output<S>): HttpMechanism;
}): HttpMechanismFactory {
  return {
    name: definition.name,
    aliases: definition.aliases ?? [],
    summary: definition.summary,
    options: definition.options,
    create: (options) => definition.create(definition.options.parse(options)),
  };
}
