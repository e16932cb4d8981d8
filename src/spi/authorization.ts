/** @module The contract of authorization: may this subject do this to this resource. */
import type { ConfigurationPlace } from './decision-trace.ts';

/** What somebody wants to do, as the web layer sees it. */
export interface AuthorizationRequest {
  readonly application: string;
  /** Decoded and normalised path below the application's context path, always beginning with `/`. */
  readonly path: string;
  readonly method: string;
  readonly confidential: boolean;
  /** `undefined` when nobody is authenticated. */
  readonly roles: readonly string[] | undefined;
}

export interface AuthorizationDecision {
  readonly decision: 'permit' | 'deny' | 'abstain';
  readonly reason: string;
  /** The line of configuration that decided, where there is one. */
  readonly place?: ConfigurationPlace;
}

export interface AuthorizationModule {
  readonly code: string;
  authorize(request: AuthorizationRequest): Promise<AuthorizationDecision>;
}
