/** @module What the texts of the MIT library mean: it gives no codes. */
import type { KerberosFailure } from '../../spi/kerberos-acceptor.ts';
import { type Refusal, refuse } from '../../wire/kerberos/refusal.ts';

/** Of krb5 1.20, in the order in which they are looked for; a text may hold two of them. */
const texts: readonly (readonly [RegExp, KerberosFailure])[] = [
  [/is a replay/i, 'REPLAY'],
  [/clock skew/i, 'SKEW'],
  [/ticket expired/i, 'EXPIRED'],
  [/ticket not yet valid/i, 'NOT_YET_VALID'],
  [/key version .*not available|kvno \d+ not found/i, 'KVNO'],
  [/does not match server principal|wrong principal in request|not found in keytab/i, 'NOT_FOR_US'],
  [/encryption type .*not (?:permitted|supported)|no support for encryption type/i, 'ENCTYPE'],
  [/channel bindings/i, 'BINDINGS'],
  [/key table|no key table entry|cannot find mechanisms to negotiate|no credentials/i, 'NO_KEY'],
  [/decrypt integrity check failed|matching credential not found|cannot decrypt ticket/i, 'INTEGRITY'],
  [/transit|illegal cross-realm/i, 'WRONG_REALM'],
  [/unsupported mechanism/i, 'NO_KERBEROS'],
];

/** Longer than any text of the library. */
const maxShown = 300;

export function failureOf(message: string): Refusal {
  const failure = texts.find(([pattern]) => pattern.test(message))?.[1] ?? 'MALFORMED';
  return refuse(failure, { library: message.slice(0, maxShown) });
}
