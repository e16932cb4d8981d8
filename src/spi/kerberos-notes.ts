/** @module What a refused Kerberos token is called in a trace: its failure, then the facts. */
import { type KerberosFailure, kerberosFailures } from './kerberos-acceptor.ts';

/** A fact can be a name out of a token that nobody has vouched for. */
const maxFactLength = 1000;

/** `SKEW (seconds 412)`. The facts are printable already. */
export function kerberosNote(failure: KerberosFailure, facts: Readonly<Record<string, string | number>>): string {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${String(value).slice(0, maxFactLength)}`);
  return told.length === 0 ? failure : `${failure} (${told.join(', ')})`;
}

/** The failure that a reason of a step begins with, or has after a failure reason: `bad-credential: SKEW (…)`. */
export function kerberosFailureIn(reason: string): KerberosFailure | undefined {
  const word = /^(?:[a-z-]+: )?([A-Z_]+)(?= |$)/.exec(reason)?.[1];
  return kerberosFailures.find((failure) => failure === word);
}
