/** @module Kerberos inside the GSS-API: the frame of a token, its checksum field, its message checksums (RFC 2743 §3.1, RFC 4121). */
import { hash, timingSafeEqual } from 'node:crypto';
import { objectIdentifier } from '../der.ts';
import { readDer } from '../der-reader.ts';
import type { KerberosKey } from './key.ts';

/** `[APPLICATION 0] IMPLICIT SEQUENCE`: how every first token begins. */
export const firstTokenTag = 0x60;

export const mechanisms = {
  kerberos: '1.2.840.113554.1.2.2',
  /** As an early Windows wrote it, which has stayed (MS-SPNG §3.1.5.2). */
  microsoftKerberos: '1.2.840.48018.1.2.2',
  ntlm: '1.3.6.1.4.1.311.2.2.10',
  spnego: '1.3.6.1.5.5.2',
} as const;

export const kerberosMechanism = objectIdentifier(mechanisms.kerberos);
export const microsoftMechanism = objectIdentifier(mechanisms.microsoftKerberos);

const requestToken = [1, 0] as const;
const replyToken = [2, 0] as const;

/** Where RFC 4121 §4.1 has them. User-to-user: draft-swift-win2k-krb-user2user. */
export type FramedToken =
  | { readonly kind: 'request'; readonly message: Uint8Array; readonly mechanism: Uint8Array }
  | { readonly kind: 'other' };

/** The token of a mechanism: an identifier, two octets that say what it is, and the message. `undefined`: no Kerberos. */
export function readKerberosToken(bytes: Uint8Array): FramedToken | undefined {
  const frame = readDer(bytes);
  if (frame?.tag !== firstTokenTag) return undefined;
  const { contents } = frame;
  const mechanism = [kerberosMechanism, microsoftMechanism].find((one) => startsWith(contents, one));
  if (mechanism === undefined) return undefined;
  const [first, second] = contents.subarray(mechanism.length);
  if (first !== requestToken[0] || second !== requestToken[1]) return { kind: 'other' };
  return { kind: 'request', message: contents.subarray(mechanism.length + 2), mechanism };
}

export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => byte === bytes[index]);
}

/** AP-REP in its frame. */
export function writeReplyToken(message: Uint8Array): Uint8Array {
  return frame(Buffer.concat([kerberosMechanism, Uint8Array.from(replyToken), message]));
}

function frame(contents: Uint8Array): Uint8Array {
  const { length } = contents;
  // X.690 §10.1, shortest form. No reply reaches 64 KiB.
  const octets = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(firstTokenTag, ...octets), contents]);
}

/** The checksum type whose octets are no checksum but flags and channel bindings (RFC 4121 §4.1.1). */
export const gssChecksumType = 0x8003;

export const gssFlags = { delegate: 1, mutual: 2, integrity: 32, dceStyle: 0x1000 } as const;

export interface GssChecksum {
  readonly flags: number;
  /** MD5 of the channel bindings; 16 zeros when the client binds to no channel. */
  readonly bindings: Uint8Array;
}

/** Delegated credentials after it are not read: a service that forwards nothing has no use for a person's ticket. */
export function readGssChecksum(bytes: Uint8Array): GssChecksum | undefined {
  if (bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== 16) return undefined;
  return { bindings: bytes.subarray(4, 20), flags: view.getUint32(20, true) };
}

/** Whether the hash in the checksum is that of these channel bindings, without addresses (RFC 4121 §4.1.1.2). MD5 is the format's. */
export function bindingsMatch(bindings: Uint8Array, applicationData: Uint8Array): boolean {
  const head = new Uint8Array(20);
  new DataView(head.buffer).setUint32(16, applicationData.length, true);
  return timingSafeEqual(hash('md5', Buffer.concat([head, applicationData]), 'buffer'), bindings);
}

export function bindsNoChannel(bindings: Uint8Array): boolean {
  return bindings.every((byte) => byte === 0);
}

/** Who signs, and with which key. */
export interface MicContext {
  readonly usage: number;
  readonly sentByAcceptor: boolean;
  /** The key is the one that the acceptor chose. */
  readonly acceptorSubkey: boolean;
  readonly sequenceNumber: number;
}

/** The token of GSS_GetMIC (RFC 4121 §4.2.6.1). The same message, key and number give the same token. */
export function messageCheck(message: Uint8Array, key: KerberosKey, context: MicContext): Uint8Array {
  const header = new Uint8Array(16).fill(0xff);
  header.set([0x04, 0x04, (context.sentByAcceptor ? 1 : 0) | (context.acceptorSubkey ? 4 : 0)]);
  const view = new DataView(header.buffer);
  view.setUint32(8, 0);
  view.setUint32(12, context.sequenceNumber);
  return Buffer.concat([header, key.checksum(context.usage, Buffer.concat([message, header]))]);
}
