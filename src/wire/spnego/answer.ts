/** @module The answer to an AP-REQ that was checked: AP-REP where asked for, mechListMIC where due (RFC 4121 §4.2, RFC 4178 §5). */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../spi/clock.ts';
import { Secret } from '../../spi/secret.ts';
import { blockBytes } from '../kerberos/aes-cts.ts';
import { writeApReply } from '../kerberos/ap-reply.ts';
import type { CheckedRequest } from '../kerberos/check-request.ts';
import { messageCheck, writeReplyToken } from '../kerberos/gss.ts';
import { createKerberosKey, type KerberosKey, keyUsages } from '../kerberos/key.ts';
import { type Refusal, refuse } from '../kerberos/refusal.ts';
import type { Negotiated } from './read-leg.ts';
import { writeResponse } from './tokens.ts';

/** `awaited`: SHA-256, base64url, of the checksum of the list that the client has still to send. */
export interface Answer {
  readonly status: 'answer';
  readonly reply: Uint8Array | undefined;
  readonly awaited: string | undefined;
}

export function digestOf(mic: Uint8Array): string {
  return hash('sha256', mic, 'base64url');
}

/**
 * @param canAwait false: the exchange ends here, and the checksum that the client still owes is not asked for. It would tell us
 * that nobody changed its list; whatever that was, we take nothing but Kerberos. The client has ours to check.
 */
export function answer(
  checked: CheckedRequest,
  negotiated: Negotiated | undefined,
  random: Random,
  canAwait = true,
): Answer | Refusal {
  const proof = checked.mutual ? prove(checked, random) : undefined;
  if (negotiated === undefined) return { status: 'answer', reply: proof?.token, awaited: undefined };
  const { mechanismList, micRequired, mic: received, mechanism } = negotiated;
  if (received !== undefined && !isClients(received, mechanismList, checked)) {
    return refuse('INTEGRITY', { part: 'mechListMIC' });
  }
  if (!micRequired && received === undefined) {
    return { status: 'answer', ...completed({ mechanism, token: proof?.token }), awaited: undefined };
  }
  // Whoever sends the last token of the mechanism sends the checksum with it; without mutual authentication that was the client.
  if (received === undefined && proof === undefined) return refuse('INTEGRITY', { part: 'mechListMIC', missing: 1 });
  const mic = messageCheck(mechanismList, proof?.key ?? checked.initiatorKey, {
    ...{ usage: keyUsages.acceptorSign, sentByAcceptor: true, acceptorSubkey: proof !== undefined },
    sequenceNumber: proof?.sequenceNumber ?? checked.authenticator.sequenceNumber,
  });
  if (received !== undefined || proof === undefined || !canAwait) {
    return { status: 'answer', ...completed({ mechanism, token: proof?.token, mic }), awaited: undefined };
  }
  return {
    status: 'answer',
    reply: writeResponse({ state: 'incomplete', ...optional(mechanism), token: proof.token, mic }),
    awaited: digestOf(clientsCheck(mechanismList, proof.key, true, checked)),
  };
}

const optional = (mechanism: Uint8Array | undefined) => (mechanism === undefined ? {} : { mechanism });

interface Completion {
  readonly mechanism: Uint8Array | undefined;
  readonly token: Uint8Array | undefined;
  readonly mic?: Uint8Array;
}

function completed({ mechanism, token, mic }: Completion): { readonly reply: Uint8Array } {
  return { reply: writeResponse({ state: 'completed', ...optional(mechanism), token, mic }) };
}

interface Proof {
  readonly token: Uint8Array;
  /** Of our choice: it protects what follows. */
  readonly key: KerberosKey;
  readonly sequenceNumber: number;
}

function prove({ authenticator, sessionKey, initiatorKey }: CheckedRequest, random: Random): Proof {
  const { type } = initiatorKey;
  const bytes = random.bytes(type.keyBytes);
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  // Below 2³⁰, as others choose it: some take the number for a signed one.
  const sequenceNumber = (((a & 0x3f) << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const subkey = { encryptionType: type.id, bytes };
  const message = writeApReply({ authenticator, subkey, sequenceNumber }, sessionKey, random.bytes(blockBytes));
  return { token: writeReplyToken(message), key: createKerberosKey(type, new Secret(bytes)), sequenceNumber };
}

/** The client's checksum of the list: it is the first message of its side. */
function clientsCheck(
  list: Uint8Array,
  key: KerberosKey,
  acceptorSubkey: boolean,
  checked: CheckedRequest,
): Uint8Array {
  return messageCheck(list, key, {
    ...{ usage: keyUsages.initiatorSign, sentByAcceptor: false, acceptorSubkey },
    sequenceNumber: checked.authenticator.sequenceNumber,
  });
}

/** Of one that came with the AP-REQ: the client did not know a key of ours yet. */
function isClients(mic: Uint8Array, list: Uint8Array, checked: CheckedRequest): boolean {
  const expected = clientsCheck(list, checked.initiatorKey, false, checked);
  return mic.length === expected.length && timingSafeEqual(mic, expected);
}
