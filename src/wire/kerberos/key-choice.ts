/** @module Which key of the keytabs decrypts a ticket, and what is wrong when none does. */
import type { KerberosFailure } from '../../spi/kerberos-acceptor.ts';
import { encryptionType, encryptionTypeName } from './encryption-types.ts';
import { type KerberosKey, keyUsages } from './key.ts';
import type { KeytabEntry } from './keytab.ts';
import type { Ticket } from './messages.ts';
import { type Principal, principalText, sameName, samePrincipal } from './principal.ts';
import { listed, type Refusal, refuse } from './refusal.ts';

export interface OpenedTicket {
  readonly status: 'opened';
  readonly key: KerberosKey;
  readonly entry: KeytabEntry;
  readonly plaintext: Uint8Array;
}

/** Keys that are tried on one ticket: a service in several keytabs, in the versions of some years. */
export const maxTrials = 64;

/**
 * The key that the ticket names comes first, by principal, type and version; then the other versions of that name, for a
 * version is not protected and some write it with eight bits. Without `wanted`, a ticket for a name that no keytab has may be
 * for an alias of one that is there: then any key of the type is tried. What decrypts is the proof.
 * @param wanted tickets for this service only; an empty realm is any realm
 */
export function openTicket(
  ticket: Ticket,
  entries: readonly KeytabEntry[],
  wanted: Principal | undefined,
): OpenedTicket | Refusal {
  const { service, encrypted } = ticket;
  const refused = (failure: KerberosFailure, more: Refusal['facts'] = {}) =>
    refuse(failure, {
      ...{ service: principalText(service), enctype: encryptionTypeName(encrypted.encryptionType) },
      ...more,
    });
  if (wanted !== undefined && !isWanted(service, wanted)) {
    return refused('NOT_FOR_US', { wanted: principalText(wanted) });
  }
  if (encryptionType(encrypted.encryptionType) === undefined) return refused('ENCTYPE');
  const named = entries.filter((entry) => samePrincipal(entry.principal, service));
  const ofType = (some: readonly KeytabEntry[]) =>
    some.filter((entry) => entry.encryptionType === encrypted.encryptionType);
  const candidates = ofType(named.length > 0 || wanted !== undefined ? named : entries);
  const exact = candidates.filter(({ kvno }) => kvno === encrypted.kvno);
  const others = candidates.filter(({ kvno }) => kvno !== encrypted.kvno);
  for (const entry of [...exact, ...others].slice(0, maxTrials)) {
    const plaintext = entry.key?.decrypt(keyUsages.ticket, encrypted.cipher);
    if (plaintext !== undefined && entry.key !== undefined) {
      return { status: 'opened', key: entry.key, entry, plaintext };
    }
  }
  if (named.length === 0) {
    return refused('NO_KEY', { keytab: listed(entries.map((entry) => principalText(entry.principal))) });
  }
  if (candidates.length === 0) {
    const types = listed(named.map((entry) => encryptionTypeName(entry.encryptionType)));
    return refused('ENCTYPE', { keytabEnctypes: types });
  }
  const versions = { kvno: encrypted.kvno ?? 0, keytabKvnos: listed(candidates.map(({ kvno }) => kvno)) };
  return refused(exact.length === 0 && encrypted.kvno !== undefined ? 'KVNO' : 'INTEGRITY', versions);
}

function isWanted(service: Principal, wanted: Principal): boolean {
  return wanted.realm === '' ? sameName(service, wanted) : samePrincipal(service, wanted);
}
