/** @module Every rule about an AP-REQ, in order (RFC 4120 §3.2.3, RFC 4121 §4.1.1). What is left to do is to claim its authenticator. */
import { hash } from 'node:crypto';
import { Secret } from '../../spi/secret.ts';
import { encryptionType, encryptionTypeName } from './encryption-types.ts';
import { hasFlag } from './fields.ts';
import { bindingsMatch, bindsNoChannel, gssChecksumType, gssFlags, readGssChecksum } from './gss.ts';
import { createKerberosKey, type KerberosKey, keyUsages } from './key.ts';
import { openTicket } from './key-choice.ts';
import type { KeytabEntry } from './keytab.ts';
import {
  type ApRequest,
  type Authenticator,
  type EncryptionKey,
  readApRequest,
  readAuthenticator,
  readTicketPart,
  type TicketPart,
} from './messages.ts';
import { type Pac, readPac } from './pac.ts';
import { type Principal, principalText, samePrincipal } from './principal.ts';
import { checkTicketRealms } from './realm-check.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface RequestPolicy {
  readonly entries: readonly KeytabEntry[];
  readonly wanted: Principal | undefined;
  /** Beside the realm of the key. */
  readonly trustedRealms: readonly string[];
  readonly clockSkewMs: number;
  readonly channelBinding: Uint8Array | undefined;
}

export interface CheckedRequest {
  readonly status: 'checked';
  readonly client: Principal;
  /** The principal of the key: who we are, whatever the unprotected name in the ticket says. */
  readonly service: Principal;
  readonly part: TicketPart;
  readonly authenticator: Authenticator;
  readonly authenticatorId: string;
  readonly sessionKey: KerberosKey;
  /** That the client chose for what follows; else the session key. */
  readonly initiatorKey: KerberosKey;
  readonly mutual: boolean;
  readonly integrity: boolean;
  readonly enctype: number;
  readonly pac: Pac;
}

const optionBits = { useSessionKey: 1 } as const;
const ticketBits = { invalid: 7 } as const;

/** @param now milliseconds since the epoch */
export function checkRequest(message: Uint8Array, policy: RequestPolicy, now: number): CheckedRequest | Refusal {
  const request = readApRequest(message);
  if (request === undefined) return refuse('MALFORMED', { part: 'AP-REQ' });
  if (hasFlag(request.options, optionBits.useSessionKey)) return refuse('UNSUPPORTED', { option: 'user-to-user' });
  const opened = openTicket(request.ticket, policy.entries, policy.wanted);
  if (opened.status === 'refused') return opened;
  const part = readTicketPart(opened.plaintext);
  if (part === undefined) return refuse('MALFORMED', { part: 'ticket' });
  const sessionKey = strongKey(part.sessionKey);
  if (sessionKey === undefined) return weakKey('session key', part.sessionKey);
  const authenticator = openAuthenticator(request, sessionKey);
  if ('status' in authenticator) return authenticator;
  if (!samePrincipal(authenticator.client, part.client)) {
    const facts = { ticket: principalText(part.client), authenticator: principalText(authenticator.client) };
    return refuse('INTEGRITY', { part: 'client name', ...facts });
  }
  const initiatorKey = authenticator.subkey === undefined ? sessionKey : strongKey(authenticator.subkey);
  if (initiatorKey === undefined) return weakKey('subkey', authenticator.subkey);
  const flags = checkGss(authenticator, policy.channelBinding);
  if (typeof flags !== 'number') return flags;
  const service = opened.entry.principal;
  const refusal =
    checkTimes(part, authenticator, policy.clockSkewMs, now) ??
    checkTicketRealms(part, service.realm, policy.trustedRealms);
  if (refusal !== undefined) return refusal;
  return {
    status: 'checked',
    ...{ client: part.client, service, part, authenticator, sessionKey, initiatorKey },
    authenticatorId: hash('sha256', request.authenticator.cipher, 'base64url'),
    mutual: (flags & gssFlags.mutual) !== 0,
    integrity: (flags & gssFlags.integrity) !== 0,
    enctype: request.ticket.encrypted.encryptionType,
    pac: readPac(part, opened.key),
  };
}

/** `undefined` of a type that is refused, or of the wrong length. */
function strongKey({ encryptionType: id, bytes }: EncryptionKey): KerberosKey | undefined {
  const type = encryptionType(id);
  return type?.keyBytes === bytes.length ? createKerberosKey(type, new Secret(bytes)) : undefined;
}

function weakKey(part: string, key: EncryptionKey | undefined): Refusal {
  return refuse('ENCTYPE', { part, enctype: encryptionTypeName(key?.encryptionType ?? 0) });
}

function openAuthenticator({ authenticator }: ApRequest, key: KerberosKey): Authenticator | Refusal {
  const plaintext =
    authenticator.encryptionType === key.type.id
      ? key.decrypt(keyUsages.authenticator, authenticator.cipher)
      : undefined;
  if (plaintext === undefined) return refuse('INTEGRITY', { part: 'authenticator' });
  return readAuthenticator(plaintext) ?? refuse('MALFORMED', { part: 'authenticator' });
}

/** The flags of the context. */
function checkGss({ checksum }: Authenticator, channelBinding: Uint8Array | undefined): number | Refusal {
  const read = checksum?.type === gssChecksumType ? readGssChecksum(checksum.bytes) : undefined;
  if (read === undefined) return refuse('MALFORMED', { part: 'GSS-API checksum' });
  if ((read.flags & gssFlags.dceStyle) !== 0) return refuse('UNSUPPORTED', { option: 'DCE style' });
  // A client that binds to no channel is let in, as everywhere: most do not, and a proxy in front may end the channel.
  if (channelBinding !== undefined && !bindsNoChannel(read.bindings) && !bindingsMatch(read.bindings, channelBinding)) {
    return refuse('BINDINGS');
  }
  return read.flags;
}

function checkTimes(part: TicketPart, { at }: Authenticator, clockSkewMs: number, now: number): Refusal | undefined {
  const differenceMs = at - now;
  const facts = { clockDifferenceSeconds: Math.round(differenceMs / 1000), allowedSeconds: clockSkewMs / 1000 };
  if (Math.abs(differenceMs) > clockSkewMs) return refuse('SKEW', facts);
  const startsAt = part.startsAt ?? part.authenticatedAt;
  if (startsAt - now > clockSkewMs || hasFlag(part.flags, ticketBits.invalid)) {
    return refuse('NOT_YET_VALID', { ...facts, startsAt: new Date(startsAt).toISOString() });
  }
  if (now - part.endsAt > clockSkewMs) {
    return refuse('EXPIRED', { ...facts, endedAt: new Date(part.endsAt).toISOString() });
  }
  return undefined;
}
