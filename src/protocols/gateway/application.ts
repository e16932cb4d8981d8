/** @module What the gateway has to know of an application that it stands in front of. */

export interface GatewayConstraint {
  /** Servlet pattern below the context path: `/exact`, `/prefix/*`, `*.extension` or `/` (Servlet 3.1 §12.2). */
  readonly path: string;
  readonly roles: readonly string[];
  readonly methods?: readonly string[];
  readonly transport: 'none' | 'confidential';
}

export interface GatewayApplication {
  readonly name: string;
  readonly securityDomain: string;
  /** In the order in which they are asked. */
  readonly mechanisms: readonly string[];
  /** Begins with `/`, does not end with one, needs no escapes, unique. */
  readonly contextPath: string;
  /** `http://host:port`, without a path. */
  readonly upstream: string;
  readonly constraints: readonly GatewayConstraint[];
}
