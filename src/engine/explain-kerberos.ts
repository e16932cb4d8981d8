/** @module A refused Kerberos token in plain words: what came, what it means, and what mends it. */
import type { ModuleStep } from '../spi/decision-trace.ts';
import type { KerberosFailure } from '../spi/kerberos-acceptor.ts';
import { kerberosFailureIn } from '../spi/kerberos-notes.ts';
import type { Advice } from './explain-advice.ts';

export interface KerberosStory extends Advice {
  /** After the name of the module. */
  readonly words: string;
}

/** `undefined`: the step is not about a token of Kerberos. */
export function kerberosStoryOf(step: ModuleStep | undefined): KerberosStory | undefined {
  const failure = step?.outcome === 'failed' ? kerberosFailureIn(step.reason ?? '') : undefined;
  return failure && stories[failure];
}

const noTicket = {
  means:
    'The browser answered, and had no Kerberos ticket to answer with. Nothing is wrong with a password: none was asked for yet.',
  next: 'On the desktop: `klist`. Is it signed in to the realm, is the host of the address the one of the service name (`setspn -Q HTTP/<host>`), is the name there once?',
};
const keys =
  'The ticket is good, and this server cannot open it: every desktop that asks for this service is refused in the same way.';
const newKeytab =
  'Compare `klist -k` of the keytab with `kvno HTTP/<host>` on a desktop; make a new keytab. It is read again by itself. Desktops take new tickets after they have signed in again.';

const stories: Readonly<Record<KerberosFailure, KerberosStory>> = {
  EMPTY: { words: 'got the word Negotiate and no token', ...noTicket },
  NTLM: { words: 'got an NTLM token, which is never accepted', ...noTicket },
  NO_KERBEROS: { words: 'was offered mechanisms among which Kerberos is not', ...noTicket },
  MALFORMED: {
    words: 'got what is no token of Kerberos',
    means: 'Honest clients do not send this, unless something on the way has cut it off.',
    next: 'Look whether a proxy in front cuts long header fields; else somebody tries things out.',
  },
  UNSUPPORTED: {
    words: 'got a token of Kerberos with an option that is not offered',
    means: 'The ticket was not looked at.',
    next: 'The facts beside the word name the option. With `implementation: native`, try `own`.',
  },
  NOT_FOR_US: {
    words: 'got a ticket for another service',
    means: 'The name in the address of the browser leads to another service name than the one that `principal` says.',
    next: 'Leave `principal` out, or add the other name to the keytab; look for an alias (CNAME) that browsers follow.',
  },
  NO_KEY: {
    words: 'has no key for the service of the ticket',
    means: 'The keytab is of another host name, or another realm, than the ticket.',
    next: 'Compare `klist -k` of the keytab with `klist` on the desktop: the service names must be the same to the letter.',
  },
  KVNO: { words: 'has a key of the service, and of another version', means: keys, next: newKeytab },
  INTEGRITY: { words: 'could not decrypt the ticket with its key', means: keys, next: newKeytab },
  ENCTYPE: {
    words: 'refuses the encryption of the ticket as weak, or does not know it',
    means: keys,
    next: 'Allow AES for the account of the service (`msDS-SupportedEncryptionTypes` 24), set its password again, make a new keytab.',
  },
  SKEW: {
    words: 'found that the clocks differ too much',
    means: 'The ticket itself is good. The facts beside the word say by how much.',
    next: 'Look at the time of the desktop and of this server (`chronyc tracking`, `w32tm /query /status`); `clock-skew-seconds` is how much is allowed.',
  },
  EXPIRED: {
    words: 'got a ticket that has ended',
    means: 'The desktop has not renewed its ticket.',
    next: 'Lock and unlock the desktop, or `kinit`.',
  },
  NOT_YET_VALID: {
    words: 'got a ticket that is not valid yet',
    means: 'It was made for later, or the clock of the domain controller is ahead.',
    next: 'Look at the time of the domain controller and of this server.',
  },
  WRONG_REALM: {
    words: 'does not accept people of that realm',
    means: 'The ticket is good, and its person of a realm that nobody has named here.',
    next: 'If they are to be let in, add the realm to `trusted-realms` of the module Kerberos, and say in `realm-names` what they are called.',
  },
  REPLAY: {
    words: 'has seen this very token before',
    means: 'A token is good once, on all nodes together. Who had it first was let in.',
    next: 'Look for a proxy that repeats requests; else somebody has copied a token.',
  },
  BINDINGS: {
    words: 'got a token that was made for another TLS connection',
    means: 'Somebody ends TLS between the browser and this server, and may read along.',
    next: 'Look for a proxy that ends TLS where none is meant to.',
  },
  LOST: {
    words: 'got a leg that continues nothing, or could not ask for one more',
    means: 'An exchange of several legs has a minute, in one browser, at the sign-in page.',
    next: 'Try again in the browser. A program has to send a token of Kerberos at once.',
  },
};
