/** @module The contract of authorization: may this caller do this to this resource of an application. */
import type { z } from 'zod';
import type { ConfigurationPlace } from './decision-trace.ts';
import type { ModuleServices } from './module-services.ts';

/** What somebody wants to do, as the web layer sees it. */
export interface AuthorizationRequest {
  readonly application: string;
  /** Decoded and normalised path below the application's context path, always beginning with `/`. */
  readonly path: string;
  readonly method: string;
  readonly confidential: boolean;
  /** Absent when nobody is authenticated. */
  readonly principal?: string;
  /** `undefined` when nobody is authenticated. */
  readonly roles: readonly string[] | undefined;
  /** Address of the client after trusted proxies have been taken into account. */
  readonly sourceAddress?: string;
}

/**
 * `permit` counts as a login module's success, `deny` as its failure, `abstain` as ignored, under JAAS's flags
 * (jboss-facts §4.7). A `deny` with the reason `not-authenticated` sends an unknown caller to the sign-in.
 */
export interface AuthorizationDecision {
  readonly decision: 'permit' | 'deny' | 'abstain';
  /** A constant word or a few; it stands in traces and audit records. */
  readonly reason: string;
  /** The line of configuration that decided, where there is one. */
  readonly place?: ConfigurationPlace;
}

export interface AuthorizationContext {
  /** Aborted at the module's deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
}

/** "No" is a value. Throwing `ERR_STORE_UNAVAILABLE` means "could not ask"; any other Error is a bug, and refuses whatever the flag. */
export interface AuthorizationModule {
  authorize(request: AuthorizationRequest, context: AuthorizationContext): Promise<AuthorizationDecision>;
  /** Frees files, timers and pools. Called once, also after a half-failed start. */
  close?(): Promise<void>;
}

/** What an authorization module may ask of the house: the part of `ModuleServices` that reads. */
export type AuthorizationServices = Pick<
  ModuleServices,
  'domain' | 'clock' | 'logger' | 'datasource' | 'directory' | 'watchFile'
> & {
  /** What the constraints of the request's application say: the rules of Servlet 3.1 §13.8. Never abstains. */
  constraints(request: AuthorizationRequest): AuthorizationDecision;
};

/** An authorization module in the catalogue. */
export interface AuthorizationModuleFactory {
  /** JBoss's short code, to the letter (jboss-facts §4.7). Looked up without regard to case. */
  readonly code: string;
  /** One line for the reference page. */
  readonly summary: string;
  /** Strict: an unknown option is an error. Describes every option with `.describe()`. */
  readonly options: z.ZodType;
  /** `options` are raw, as written; they are parsed here. @throws ZodError when they do not fit. */
  create(options: unknown, services: AuthorizationServices): Promise<AuthorizationModule>;
}

export function defineAuthorizationModule<S extends z.ZodType>(definition: {
  code: string;
  summary: string;
  options: S;
  create(options: z.output<S>, services: AuthorizationServices): AuthorizationModule | Promise<AuthorizationModule>;
}): AuthorizationModuleFactory {
  return {
    code: definition.code,
    summary: definition.summary,
    options: definition.options,
    async create(options, services) {
      return definition.create(definition.options.parse(options), services);
    },
  };
}
