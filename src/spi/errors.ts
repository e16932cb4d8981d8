/** @module The closed catalogue of faults: a thrown `GatehouseError` means "could not ask" or "not well formed", never "no". */

/** Every fault that Gatehouse raises on purpose. `docs/errors.md` explains each; a test holds the two equal. */
export const errorCodes = [
  'ERR_CONFIG_INVALID',
  'ERR_CONFIG_UNREADABLE',
  'ERR_NOT_IN_THIS_VERSION',
  'ERR_LISTEN',
  'ERR_STORE_UNAVAILABLE',
  'ERR_DEADLINE_EXCEEDED',
  'ERR_CIRCUIT_OPEN',
  'ERR_OVERLOADED',
  'ERR_INTERNAL',
  'ERR_LOGIN_MODULE_BUG',
  'ERR_AUDIT_UNAVAILABLE',
  'ERR_REQUEST_MALFORMED',
  'ERR_REQUEST_TOO_LARGE',
  'ERR_REQUEST_FORGED',
  'ERR_NOT_FOUND',
  'ERR_METHOD_NOT_ALLOWED',
  'ERR_LOGIN_EXPIRED',
  'ERR_LOGIN_CLAIMED',
  'ERR_ACCESS_DENIED',
  'ERR_UPSTREAM_UNAVAILABLE',
  'ERR_TLS_KEY_PAIR',
  'ERR_VAULT_KEY',
  'ERR_VAULT_MISSING',
  'ERR_VAULT_DAMAGED',
  'ERR_VAULT_FULL',
  'ERR_VAULT_BUSY',
  'ERR_JBOSS_VAULT',
  'ERR_KEY_RING',
  'ERR_KEY_RING_BUSY',
  'ERR_XML_MALFORMED',
  'ERR_XML_FORBIDDEN',
  'ERR_XML_LIMIT',
  'ERR_XML_SIGNATURE',
  'ERR_XML_ENCRYPTION',
  'ERR_XML_SCHEMA',
  'ERR_SAML_MALFORMED',
  'ERR_SAML_DESTINATION',
  'ERR_SAML_EXPIRED',
  'ERR_SAML_REPLAYED',
  'ERR_SAML_SIGNATURE_REQUIRED',
  'ERR_SAML_SIGNATURE_INVALID',
  'ERR_SAML_UNKNOWN_PARTNER',
  'ERR_SAML_ACS_NOT_REGISTERED',
  'ERR_SAML_METADATA',
  'ERR_SAML_UNSUPPORTED',
  'ERR_SAML_AMBIGUOUS',
  'ERR_SAML_STATUS',
  'ERR_SAML_ISSUER',
  'ERR_SAML_RECIPIENT',
  'ERR_SAML_AUDIENCE',
  'ERR_SAML_IN_RESPONSE_TO',
  'ERR_SAML_NOT_YET_VALID',
  'ERR_SAML_CONDITIONS',
  'ERR_SAML_CONFIRMATION',
  'ERR_SAML_AUTHN_STATEMENT',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Facts that go with a fault: safe to log, never a secret. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

/**
 * A fault with a code from the closed catalogue. `message` is constant per place of origin; what varies is in `facts`.
 * Only `src/http/error-response.ts` turns a code into a status and a public text.
 */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** Faults that mean "could not be asked": they let optional modules be passed over, and nobody takes them for a no. */
export function isUnavailable(error: unknown): error is GatehouseError {
  return (
    error instanceof GatehouseError &&
    (error.code === 'ERR_STORE_UNAVAILABLE' ||
      error.code === 'ERR_DEADLINE_EXCEEDED' ||
      error.code === 'ERR_CIRCUIT_OPEN' ||
      error.code === 'ERR_OVERLOADED')
  );
}
