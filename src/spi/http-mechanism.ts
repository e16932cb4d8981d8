/** @module The contract of an HTTP mechanism (the JASPI idea): evidence out of a request, a challenge into a response. */
import type { z } from 'zod';
import type { Clock, Random } from './clock.ts';
import type { EphemeralStore } from './ephemeral-store.ts';
import type { Evidence } from './evidence.ts';
import type { Logger } from './logger.ts';
import type { LoginResult } from './security-domain.ts';

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
  /** What all legs of one login have in common, unguessable. Absent: there can be one leg only. */
  readonly exchange?: string;
  /** As `NegotiateEvidence.channelBinding`. */
  readonly channelBinding?: Uint8Array;
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
  | { readonly kind: 'form' }
  /**
   * Park the request and lead to a path of ours, with the parked request as its parameter `pending`, from where the person is sent
   * to prove elsewhere who he is. `label`: of the link, where there is a choice.
   */
  | { readonly kind: 'elsewhere'; readonly path: string; readonly label: string }
  /**
   * Park the request, and on a path of its own ask once by these fields of a 401, beside the sign-in page: a browser answers by
   * itself or shows the page. One that has shown it is not asked again for `againSeconds`.
   */
  | { readonly kind: 'probe'; readonly headers: Readonly<Record<string, string>>; readonly againSeconds: number };

export interface HttpMechanism {
  /** FORM, BASIC …: what the configuration and the audit trail call it. */
  readonly name: string;
  /**
   * True where evidence comes with the connection, unasked: a session and every other mechanism then come first, and after
   * a refusal the others may still be asked. Otherwise nobody with the wrong certificate could ever sign in with a password.
   */
  readonly ambient?: boolean;
  /** @throws ERR_STORE_UNAVAILABLE and its kin when it has to ask somebody and cannot; never because of what a client sent */
  evaluate(request: MechanismRequest, context: MechanismContext): Promise<MechanismResult>;
  /** `undefined`: this mechanism cannot be asked for in this request (BASIC without TLS outside loopback). */
  challenge(request: MechanismRequest): MechanismChallenge | undefined;
  /** Fields of the 401 that asks for one more leg of an exchange, with the bytes of the challenge `token`. */
  furtherLeg?(token: Uint8Array): Readonly<Record<string, string>>;
  /**
   * Fields of the answer to a request whose evidence this mechanism has read and the domain has accepted: Authentication-Info
   * (RFC 7615 §3), the token of mutual authentication (RFC 4559 §4.1).
   */
  complete?(request: MechanismRequest, result: AuthenticatedLogin): Promise<Readonly<Record<string, string>>>;
  /** Frees files, timers and pools. Called once, also after a half-failed start. */
  close?(): Promise<void>;
}

export interface MechanismContext {
  /** Aborted at the deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
}

export type AuthenticatedLogin = Extract<LoginResult, { status: 'authenticated' }>;

/** What a mechanism may ask of the house. */
export interface MechanismServices {
  readonly clock: Clock;
  readonly random: Random;
  /** For what an operator should know at start. */
  readonly logger: Logger;
  /** Nonces and counters that all nodes share. */
  readonly ephemeral: EphemeralStore;
  /** The application at whose entrance the mechanism stands; absent at that of the identity provider. */
  readonly application?: string;
}

/** A mechanism name in the catalogue: how to check its options and how to make it. */
export interface HttpMechanismFactory {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType;
  /** `options` are raw, as written; they are parsed here. No work is done before this call. @throws ZodError when they do not fit. */
  create(options: unknown, services: MechanismServices): Promise<HttpMechanism>;
}

export function defineHttpMechanism<S extends z.ZodType>(definition: {
  name: string;
  summary: string;
  options: S;
  create(options: z.output<S>, services: MechanismServices): HttpMechanism | Promise<HttpMechanism>;
}): HttpMechanismFactory {
  return {
    name: definition.name,
    summary: definition.summary,
    options: definition.options,
    async create(options, services) {
      return definition.create(definition.options.parse(options), services);
    },
  };
}
