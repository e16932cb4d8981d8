/** @module What the gateway has to know of an application that it stands in front of. */
import type { PathConstraint } from '../../engine/authorization.ts';

export interface GatewayApplication {
  readonly name: string;
  readonly securityDomain: string;
  /** The name of its mechanism stack. */
  readonly entrance: string;
  /** Begins with `/`, does not end with one, needs no escapes, unique. */
  readonly contextPath: string;
  /** `http://host:port`, without a path. */
  readonly upstream: string;
  readonly constraints: readonly PathConstraint[];
}
