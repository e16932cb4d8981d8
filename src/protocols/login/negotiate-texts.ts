/** @module What a person is told whose desktop could not sign him in: about his own computer and ticket, and what to do now. */
import type { KerberosFailure } from '../../spi/kerberos-acceptor.ts';
import { kerberosFailureIn } from '../../spi/kerberos-notes.ts';
import type { LoginResult } from '../../spi/security-domain.ts';

const now = 'Sign in with your user name and password.';

export const unreadableText = `What your browser has sent cannot be read. ${now}`;
const unavailableText = 'Sign-in is not possible at the moment. Try again in a minute.';
const notLetInText = `Your desktop account is not let in here. Sign in with another account.`;

const noTicket = `Your browser has no ticket for this server, so your desktop could not sign you in. ${now}`;
const unread = `This server cannot read the ticket of your desktop: tell your support the decision below. ${now}`;
const renew = `The ticket of your desktop has run out. Lock and unlock your computer for a new one, or sign in with your user name and password.`;

const texts: Readonly<Record<KerberosFailure, string>> = {
  EMPTY: noTicket,
  NTLM: noTicket,
  NO_KERBEROS: noTicket,
  MALFORMED: unreadableText,
  UNSUPPORTED: unreadableText,
  NOT_FOR_US: unread,
  NO_KEY: unread,
  KVNO: unread,
  ENCTYPE: unread,
  INTEGRITY: unread,
  BINDINGS: unread,
  SKEW: `The clock of your computer, or of this server, is wrong, so your desktop could not sign you in. ${now}`,
  EXPIRED: renew,
  NOT_YET_VALID: renew,
  WRONG_REALM: `Your desktop account is of a domain that is not accepted here. ${now}`,
  REPLAY: `Your desktop could not sign you in. ${now}`,
  LOST: `Your desktop could not sign you in. ${now}`,
};

export function refusalText(result: Exclude<LoginResult, { status: 'authenticated' }>): string {
  if (result.status === 'denied' && result.reason === 'unavailable') return unavailableText;
  for (const { outcome, reason } of result.trace.modules) {
    const failure = outcome === 'failed' && reason !== undefined ? kerberosFailureIn(reason) : undefined;
    if (failure !== undefined) return texts[failure];
  }
  return notLetInText;
}
