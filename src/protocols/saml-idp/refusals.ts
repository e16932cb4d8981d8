/** @module The statuses by which a partner is told that it gets no assertion, and whose fault each says it is (saml-core §3.2.2.2). */

export const refusalStatuses = [
  'NoPassive',
  'InvalidNameIDPolicy',
  'NoAuthnContext',
  'AuthnFailed',
  'NoSupportedIDP',
  'RequestDenied',
  'RequestUnsupported',
  'UnknownPrincipal',
] as const;

/** Second-level codes. */
export type RefusalStatus = (typeof refusalStatuses)[number];

export const refusalFaults = ['Requester', 'Responder'] as const;

export interface Refusal {
  /** Top level: the partner asked for what it cannot have, or it asked rightly and we, or the person, cannot give it. */
  readonly fault: (typeof refusalFaults)[number];
  readonly status: RefusalStatus;
  /** For the audit record: what the partner is not told. */
  readonly detail?: string;
}

export const byRequester = (status: RefusalStatus): Refusal => ({ fault: 'Requester', status });
export const byResponder = (status: RefusalStatus): Refusal => ({ fault: 'Responder', status });
