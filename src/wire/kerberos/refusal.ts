/** @module How a check says no: which failure, and the facts that a diagnosis needs. Never a key. */
import type { KerberosFailure } from '../../spi/kerberos-acceptor.ts';
import { printable } from '../../spi/printable.ts';

export interface Refusal {
  readonly status: 'refused';
  readonly failure: KerberosFailure;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Texts may come from a client: they are made printable. */
export function refuse(failure: KerberosFailure, facts: Readonly<Record<string, string | number>> = {}): Refusal {
  const shown = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? printable(value) : value,
  ]);
  return { status: 'refused', failure, facts: Object.fromEntries(shown) };
}

/** More than this many names say no more. */
const mostListed = 8;

/** Each once: `3, 4`. */
export function listed(values: readonly (string | number)[]): string {
  const different = [...new Set(values)];
  const more = different.length - mostListed;
  return [...different.slice(0, mostListed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
