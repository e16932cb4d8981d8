/** @module The one map from error codes to HTTP status and public text, and the page that shows them. */
import type { ErrorCode } from '../spi/errors.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

export interface PublicError {
  readonly status: number;
  /** What a person may know. It never says more than the person could have found out by himself. */
  readonly text: string;
}

const badSamlMessage = 'A message about your sign-in cannot be accepted. Go back to the application and start again.';
const badSamlResponse = 'The answer about your sign-in cannot be accepted. Go back to the application and start again.';
const ourFault = 'Something went wrong here. It has been recorded.';
const tryLater = 'Sign-in is not possible at the moment. Try again in a minute.';

const publicErrors: Readonly<Record<ErrorCode, PublicError>> = {
  ERR_CONFIG_INVALID: { status: 500, text: ourFault },
  ERR_CONFIG_UNREADABLE: { status: 500, text: ourFault },
  ERR_NOT_IN_THIS_VERSION: { status: 501, text: 'This is not in this version.' },
  ERR_LISTEN: { status: 500, text: ourFault },
  ERR_STORE_UNAVAILABLE: { status: 503, text: tryLater },
  ERR_DEADLINE_EXCEEDED: { status: 503, text: tryLater },
  ERR_OVERLOADED: { status: 503, text: tryLater },
  ERR_CIRCUIT_OPEN: { status: 503, text: tryLater },
  ERR_INTERNAL: { status: 500, text: ourFault },
  ERR_LOGIN_MODULE_BUG: { status: 500, text: ourFault },
  ERR_AUDIT_UNAVAILABLE: { status: 503, text: tryLater },
  ERR_REQUEST_MALFORMED: { status: 400, text: 'The request cannot be understood.' },
  ERR_REQUEST_TOO_LARGE: { status: 413, text: 'The request is too large.' },
  ERR_REQUEST_FORGED: {
    status: 403,
    text: 'This form was not sent from our own page. Go back to the application and start again.',
  },
  ERR_NOT_FOUND: { status: 404, text: 'There is no such page.' },
  ERR_METHOD_NOT_ALLOWED: { status: 405, text: 'This page cannot be asked for in this way.' },
  ERR_LOGIN_EXPIRED: {
    status: 410,
    text: 'This sign-in took too long or was already used. Go back to the application and start again.',
  },
  ERR_LOGIN_CLAIMED: { status: 409, text: 'This sign-in has already been completed. Go back to the application.' },
  ERR_ACCESS_DENIED: { status: 403, text: 'You may not see this page.' },
  ERR_UPSTREAM_UNAVAILABLE: { status: 502, text: 'The application does not answer.' },
  ERR_TLS_KEY_PAIR: { status: 500, text: ourFault },
  ERR_VAULT_KEY: { status: 500, text: ourFault },
  ERR_VAULT_MISSING: { status: 500, text: ourFault },
  ERR_VAULT_DAMAGED: { status: 500, text: ourFault },
  ERR_VAULT_FULL: { status: 500, text: ourFault },
  ERR_VAULT_BUSY: { status: 500, text: ourFault },
  ERR_JBOSS_VAULT: { status: 500, text: ourFault },
  ERR_KEY_RING: { status: 500, text: ourFault },
  ERR_KEY_RING_BUSY: { status: 500, text: ourFault },
  ERR_XML_MALFORMED: { status: 400, text: badSamlMessage },
  ERR_XML_FORBIDDEN: { status: 400, text: badSamlMessage },
  ERR_XML_LIMIT: { status: 413, text: badSamlMessage },
  ERR_XML_SIGNATURE: { status: 403, text: badSamlMessage },
  ERR_XML_ENCRYPTION: { status: 403, text: badSamlMessage },
  ERR_XML_SCHEMA: { status: 400, text: badSamlMessage },
  ERR_SAML_MALFORMED: { status: 400, text: badSamlMessage },
  ERR_SAML_DESTINATION: { status: 400, text: badSamlMessage },
  ERR_SAML_EXPIRED: {
    status: 400,
    text: 'The message about your sign-in is too old. Go back to the application and start again.',
  },
  ERR_SAML_REPLAYED: {
    status: 400,
    text: 'This sign-in was already used. Go back to the application and start again.',
  },
  ERR_SAML_SIGNATURE_REQUIRED: { status: 403, text: badSamlMessage },
  ERR_SAML_SIGNATURE_INVALID: { status: 403, text: badSamlMessage },
  ERR_SAML_UNKNOWN_PARTNER: {
    status: 403,
    text: 'Whoever sent this is not known here. Its owner has to register it first.',
  },
  ERR_SAML_ACS_NOT_REGISTERED: {
    status: 403,
    text: 'The application asked to be answered at an address that is not registered for it.',
  },
  ERR_SAML_METADATA: { status: 500, text: ourFault },
  ERR_SAML_UNSUPPORTED: { status: 400, text: badSamlMessage },
  ERR_SAML_AMBIGUOUS: { status: 403, text: badSamlResponse },
  ERR_SAML_STATUS: { status: 403, text: 'The identity provider did not sign you in. Go back to the application.' },
  ERR_SAML_ISSUER: { status: 403, text: badSamlResponse },
  ERR_SAML_RECIPIENT: { status: 403, text: badSamlResponse },
  ERR_SAML_AUDIENCE: { status: 403, text: badSamlResponse },
  ERR_SAML_IN_RESPONSE_TO: { status: 403, text: badSamlResponse },
  ERR_SAML_NOT_YET_VALID: { status: 400, text: badSamlResponse },
  ERR_SAML_CONDITIONS: { status: 403, text: badSamlResponse },
  ERR_SAML_CONFIRMATION: { status: 403, text: badSamlResponse },
  ERR_SAML_AUTHN_STATEMENT: { status: 403, text: badSamlResponse },
};

export function publicErrorOf(code: ErrorCode): PublicError {
  return publicErrors[code];
}

/** `decision` is what support asks for: `gatehouse explain` finds the record by it. Absent where nothing was recorded. */
export function errorPage(error: PublicError, code: ErrorCode, decision: string | undefined): Page {
  return {
    title: 'Not possible – Gatehouse',
    body: html`<h1>That did not work</h1><p class="alert" role="alert">${error.text}</p><p class="soft">${decision !== undefined && html`Decision ${decision}<br>`}${code}</p>`,
  };
}
