/** @module One leg of an exchange, read: the AP-REQ in it, or what to answer before there can be one (RFC 4178 §3.2, §4.2). */
import { maxNegotiateTokenBytes } from '../../spi/kerberos-acceptor.ts';
import type { Secret } from '../../spi/secret.ts';
import { kerberosMechanism, mechanisms, microsoftMechanism, readKerberosToken } from '../kerberos/gss.ts';
import { listed, type Refusal, refuse } from '../kerberos/refusal.ts';
import { type ExchangeState, readState, writeState } from './exchange-state.ts';
import { isNtlm, type NegTokenInit, type NegTokenResponse, readNegotiation, writeResponse } from './tokens.ts';

/** What a Kerberos token was wrapped in. */
export interface Negotiated {
  /** What a mechListMIC is taken over. */
  readonly mechanismList: Uint8Array;
  readonly micRequired: boolean;
  readonly mic: Uint8Array | undefined;
  /** As the client named it, in DER; absent when it was already said in the response before. */
  readonly mechanism: Uint8Array | undefined;
}

export type ReadLeg =
  /** `negotiated` is absent of a bare token. */
  | { readonly status: 'request'; readonly message: Uint8Array; readonly negotiated: Negotiated | undefined }
  | { readonly status: 'mic'; readonly mic: Uint8Array; readonly state: Extract<ExchangeState, { awaits: 'mic' }> }
  | { readonly status: 'continue'; readonly reply: Uint8Array; readonly state: Secret<Uint8Array> }
  | Refusal;

/** Ten mechanisms have two hundred bytes; more would not go into the state for the next leg. */
const maxMechanismListBytes = 512;

export function readLeg(token: Uint8Array, state: Secret<Uint8Array> | undefined): ReadLeg {
  if (token.length === 0) return refuse('EMPTY');
  if (token.length > maxNegotiateTokenBytes) return refuse('MALFORMED', { bytes: token.length });
  if (isNtlm(token)) return refuse('NTLM', { form: 'raw' });
  const negotiation = readNegotiation(token);
  if (negotiation === 'broken') return refuse('MALFORMED', { part: 'SPNEGO' });
  if (negotiation === undefined) return readMechanismToken(token, undefined);
  // A client that begins anew is not held to what it began before.
  return negotiation.kind === 'init' ? readFirst(negotiation) : readNext(negotiation, state);
}

function readMechanismToken(token: Uint8Array, negotiated: Negotiated | undefined): ReadLeg {
  if (isNtlm(token)) return refuse('NTLM', { form: 'in SPNEGO' });
  const framed = readKerberosToken(token);
  if (framed === undefined) return refuse('MALFORMED', { part: 'GSS-API token' });
  if (framed.kind === 'other') return refuse('UNSUPPORTED', { option: 'another token than AP-REQ' });
  return { status: 'request', message: framed.message, negotiated };
}

function isKerberos(name: string): boolean {
  return name === mechanisms.kerberos || name === mechanisms.microsoftKerberos;
}

function readFirst(init: NegTokenInit): ReadLeg {
  const offered = { offered: listed(init.mechanisms) };
  const chosen = init.mechanisms.find(isKerberos);
  if (chosen === undefined) {
    return refuse(init.mechanisms.includes(mechanisms.ntlm) ? 'NTLM' : 'NO_KERBEROS', {
      form: 'in SPNEGO',
      ...offered,
    });
  }
  if (init.mechanismList.length > maxMechanismListBytes) return refuse('MALFORMED', { part: 'list of mechanisms' });
  const mechanism = chosen === mechanisms.kerberos ? kerberosMechanism : microsoftMechanism;
  const preferred = isKerberos(init.mechanisms[0] ?? '');
  if (preferred && init.token !== undefined) {
    const { mechanismList, mic } = init;
    return readMechanismToken(init.token, { mechanismList, micRequired: false, mic, mechanism });
  }
  // Its token is for a mechanism that is not ours, or there is none yet: it learns what we chose.
  return {
    status: 'continue',
    reply: writeResponse({ state: preferred ? 'incomplete' : 'requestMic', mechanism }),
    state: writeState({
      awaits: 'token',
      mechanismList: Buffer.from(init.mechanismList).toString('base64url'),
      micRequired: !preferred,
    }),
  };
}

function readNext({ token, mic }: NegTokenResponse, kept: Secret<Uint8Array> | undefined): ReadLeg {
  const state = kept === undefined ? undefined : readState(kept);
  if (state === undefined) return refuse('LOST');
  if (state.awaits === 'mic') {
    return mic === undefined ? refuse('MALFORMED', { part: 'mechListMIC' }) : { status: 'mic', mic, state };
  }
  if (token === undefined) return refuse('MALFORMED', { part: 'SPNEGO without a token' });
  return readMechanismToken(token, {
    mechanismList: Buffer.from(state.mechanismList, 'base64url'),
    ...{ micRequired: state.micRequired, mic, mechanism: undefined },
  });
}
