/** @module The contract of a login module: one step of a security domain's JAAS stack. */
import type { z } from 'zod';
import type { ControlFlag } from './control-flag.ts';
import type { ModuleEvidence } from './evidence.ts';
import type { Factor } from './factors.ts';
import type { KerberosAcceptor } from './kerberos-acceptor.ts';
import type { LoginChallenge } from './login-challenge.ts';
import type { ModuleServices } from './module-services.ts';
import type { OneTimeCodes } from './one-time-codes.ts';
import type { PasswordReport } from './passwords.ts';
import type { LoginRequest } from './security-domain.ts';
import type { Principal } from './subject.ts';

export { type ControlFlag, controlFlags } from './control-flag.ts';
export type { ModuleEvent, ModuleServices } from './module-services.ts';
export type { Watched } from './watched-file.ts';

/** Why a module said no. Support reads it in the trace; the person at the keyboard never does. */
export const failureReasons = [
  'bad-credential',
  'unknown-user',
  'no-roles',
  'unsupported-evidence',
  'malformed-name',
  'account-disabled',
  'not-permitted',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** What a module adds to the Subject if the whole stack succeeds. */
export interface Contribution {
  readonly identity?: Principal;
  /** The name under which an earlier module has proved this person, for what is changed about him later. */
  readonly loginName?: string;
  /** Member of the group CallerPrincipal: replaces the identity as the name that applications see. */
  readonly callerPrincipal?: Principal;
  readonly roles?: readonly string[];
  /** Roles of earlier modules that this one takes away (RoleMapping with `replaceRole`). */
  readonly removedRoles?: readonly string[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** What the module has checked beyond the evidence that every login has, such as a one-time code. */
  readonly factors?: readonly Factor[];
  /** DER of the client certificate that the module has proved: a public credential of the Subject (jboss-facts §2.5). */
  readonly certificate?: Uint8Array;
  /** Bytes for the client on success, such as a mutual-authentication token. */
  readonly reply?: Uint8Array;
}

/** JAAS: `succeeded` = login() returned true, `ignored` = returned false, `failed` = threw LoginException. */
export type ModuleOutcome =
  /** `note`: what support should know of a success, such as roles that could not be read. */
  | { readonly status: 'succeeded'; readonly contribution: Contribution; readonly note?: string }
  /** No opinion by contract. Evidence of a kind that the module cannot check is a failure, never this. */
  | { readonly status: 'ignored'; readonly note: string }
  | { readonly status: 'failed'; readonly reason: FailureReason; readonly note?: string }
  /** The exchange needs one more leg; the stack stops here and runs again with the client's answer. */
  | { readonly status: 'challenge'; readonly challenge: LoginChallenge };

/** A no, where a yes would be something else than an outcome. */
export type Refusal = Extract<ModuleOutcome, { status: 'failed' }>;

export function isRefusal(answer: Contribution | Refusal): answer is Refusal {
  return 'status' in answer;
}

/** Name and evidence passed down a stack (`javax.security.auth.login.name` and `.password`, jboss-facts §1.2). */
export interface StackedIdentity {
  readonly name: string;
  /** Absent when only the name was published (Identity): a later module then still checks the evidence itself. */
  readonly evidence?: ModuleEvidence;
}

/** Password stacking. A module without `password-stacking: useFirstPass` reads `undefined` and publishes into the void. */
export interface SharedState {
  read(): StackedIdentity | undefined;
  publish(identity: StackedIdentity): void;
}

export interface LoginContext {
  readonly domain: string;
  readonly evidence: ModuleEvidence;
  readonly request: LoginRequest;
  readonly shared: SharedState;
  /** Contributions of the modules before this one that succeeded, in order. */
  readonly contributions: readonly Contribution[];
  /** Aborted at the module's deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** True: change nothing (no counter, no rehash, no session). */
  readonly dryRun: boolean;
}

/** A login that the domain's authentication cache keeps no longer: it was flushed, replaced, pushed out or has ended. */
export interface LogoutContext {
  readonly domain: string;
  /** The name that applications saw. */
  readonly principal: string;
  /** Of all modules that succeeded, in order. */
  readonly contributions: readonly Contribution[];
  /** Aborted at the module's deadline. */
  readonly signal: AbortSignal;
}

/**
 * A login module. "No" is a value. Throwing `GatehouseError` with `ERR_STORE_UNAVAILABLE` means "could not ask";
 * any other Error is a bug and fails the whole login whatever the flag.
 */
export interface LoginModule {
  /**
   * True where an answer holds for its one moment: a one-time code, or an answer that depends on more than the evidence,
   * such as the client's address. A domain with such a module keeps no login in its authentication cache.
   */
  readonly neverCached?: boolean;
  login(context: LoginContext): Promise<ModuleOutcome>;
  /**
   * What every module of the stack, this one included, is shown in the place of the evidence: for evidence in which two things
   * are written as one. Asked before the stack runs, of each module in order. A fault ends the login: nobody is asked.
   */
  readEvidence?(evidence: ModuleEvidence, request: LoginRequest, signal: AbortSignal): Promise<ModuleEvidence>;
  /** Called on every configured module, reached or not, when the login failed. */
  abort?(context: LoginContext): Promise<void>;
  /** Called on every configured module when a login leaves the domain's authentication cache. Sessions are not ended by it. */
  logout?(context: LogoutContext): Promise<void>;
  /** For a module that can list its users: how their passwords are kept. @throws as `login` does. */
  passwordReport?(signal: AbortSignal): Promise<readonly PasswordReport[]>;
  /** For a module with one-time codes: what pages and commands need of it. */
  readonly oneTimeCodes?: OneTimeCodes;
  /** For a module that holds the keys of a service (Kerberos): what modules of other domains accept tickets by. */
  readonly kerberos?: KerberosAcceptor;
  /** Frees files, timers and pools. Called once, also after a half-failed start. */
  close?(): Promise<void>;
}

/** A module code in the catalogue: how to check its options and how to make it. */
export interface LoginModuleFactory {
  /** JBoss's short code, to the letter (jboss-facts §2.1). Looked up without regard to case. */
  readonly code: string;
  /** Flags that it may have, where not every one makes sense: a second factor that is `optional` is none. */
  readonly flags?: readonly ControlFlag[];
  /** One line for the reference page. */
  readonly summary: string;
  /** Strict: an unknown option is an error. Describes every option with `.describe()`. */
  readonly options: z.ZodType;
  /** `options` are raw, as written; they are parsed here. No work is done before this call. @throws ZodError when they do not fit. */
  create(options: unknown, services: ModuleServices): Promise<LoginModule>;
}

/** Ties a schema to the function that takes what it yields, so that a module's file needs no cast. */
export function defineLoginModule<S extends z.ZodType>(definition: {
  code: string;
  flags?: readonly ControlFlag[];
  summary: string;
  options: S;
  create(options: z.output<S>, services: ModuleServices): LoginModule | Promise<LoginModule>;
}): LoginModuleFactory {
  return {
    code: definition.code,
    ...(definition.flags === undefined ? {} : { flags: definition.flags }),
    summary: definition.summary,
    options: definition.options,
    async create(options, services) {
      return definition.create(definition.options.parse(options), services);
    },
  };
}
