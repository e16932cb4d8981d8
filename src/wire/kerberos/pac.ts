/** @module The PAC of Active Directory in a ticket: its buffers, its server signature, whom it is about (MS-PAC §2.3, §2.7, §2.8). */

import type { KerberosAccepted } from '../../spi/kerberos-acceptor.ts';
import type { DerElement } from '../der-reader.ts';
import { readDer } from '../der-reader.ts';
import { type KerberosKey, keyUsages } from './key.ts';
import { type LogonInfo, readLogonInfo } from './logon-info.ts';
import { readAuthorizationData, type TicketPart } from './messages.ts';
import { principalName, principalText } from './principal.ts';

const adIfRelevant = 1;
const adWin2kPac = 128;
const bufferTypes = { logonInfo: 1, serverChecksum: 6, kdcChecksum: 7, clientInfo: 10 } as const;
/** A dozen kinds are defined. */
const maxBuffers = 32;
const headBytes = 8;
const bufferHeadBytes = 16;
const signatureTypeBytes = 4;
/** From 1601 to 1970, in milliseconds. */
const fileTimeEpochMs = 11_644_473_600_000;

/** `none`: the ticket has no PAC. `unverified`: it has one that says nothing, and why. */
export type Pac =
  | { readonly status: 'none' }
  | { readonly status: 'unverified'; readonly reason: Required<KerberosAccepted>['pacProblem'] }
  | { readonly status: 'verified'; readonly logon: LogonInfo };

/** Only of the ticket: what is in an authenticator was written by the client. @param key the one that decrypted the ticket */
export function readPac(part: TicketPart, key: KerberosKey): Pac {
  const bytes = findPac(part.authorizationData);
  return bytes === undefined ? { status: 'none' } : verifyPac(bytes, part, key);
}

function findPac(data: DerElement | undefined): Uint8Array | undefined {
  for (const outer of readAuthorizationData(data) ?? []) {
    if (outer.type !== adIfRelevant) continue;
    const found = readAuthorizationData(readDer(outer.data))?.find(({ type }) => type === adWin2kPac);
    if (found !== undefined) return found.data;
  }
  return undefined;
}

interface PacBuffer {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

function verifyPac(bytes: Uint8Array, part: TicketPart, key: KerberosKey): Pac {
  const buffers = readBuffers(bytes);
  const only = (type: number) => {
    const found = buffers?.filter((one) => one.type === type) ?? [];
    return found.length === 1 ? found[0] : undefined;
  };
  const [logon, server, kdc, client] = [
    ...[only(bufferTypes.logonInfo), only(bufferTypes.serverChecksum)],
    ...[only(bufferTypes.kdcChecksum), only(bufferTypes.clientInfo)],
  ];
  if (logon === undefined || server === undefined || kdc === undefined || client === undefined) {
    return { status: 'unverified', reason: 'malformed' };
  }
  const signatureType = new DataView(bytes.buffer, bytes.byteOffset).getInt32(server.start, true);
  if (signatureType !== key.type.checksum) return { status: 'unverified', reason: 'signature-type' };
  const signatureStart = server.start + signatureTypeBytes;
  const signature = bytes.slice(signatureStart, signatureStart + key.type.macBytes);
  // It was taken while both signatures were zero.
  const signed = new Uint8Array(bytes);
  signed.fill(0, signatureStart, server.end);
  signed.fill(0, kdc.start + signatureTypeBytes, kdc.end);
  if (!key.verifyChecksum(keyUsages.pacSignature, signed, signature)) {
    return { status: 'unverified', reason: 'signature' };
  }
  if (!isAbout(bytes.subarray(client.start, client.end), part)) return { status: 'unverified', reason: 'other-client' };
  const read = readLogonInfo(bytes.subarray(logon.start, logon.end));
  return read === undefined ? { status: 'unverified', reason: 'malformed' } : { status: 'verified', logon: read };
}

function readBuffers(bytes: Uint8Array): readonly PacBuffer[] | undefined {
  if (bytes.length < headBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true);
  const contentsStart = headBytes + count * bufferHeadBytes;
  if (view.getUint32(4, true) !== 0 || count > maxBuffers || contentsStart > bytes.length) return undefined;
  const buffers = Array.from({ length: count }, (_, index) => {
    const at = headBytes + index * bufferHeadBytes;
    const start = view.getUint32(at + 8, true);
    const high = view.getUint32(at + 12, true);
    return { type: view.getUint32(at, true), start, end: start + view.getUint32(at + 4, true), high };
  });
  const inside = buffers.every(
    ({ start, end, high }) =>
      high === 0 && start >= contentsStart && end >= start + signatureTypeBytes && end <= bytes.length,
  );
  return inside ? buffers : undefined;
}

/** PAC_CLIENT_INFO: the instant of the first login and the name (§2.7), so that no PAC is moved into another ticket. */
function isAbout(bytes: Uint8Array, { client, authenticatedAt }: TicketPart): boolean {
  if (bytes.length < 10) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ticks = view.getBigUint64(0, true);
  const nameEnd = 10 + view.getUint16(8, true);
  if (nameEnd > bytes.length || Number(ticks / 10_000n) - fileTimeEpochMs !== authenticatedAt) return false;
  const name = Buffer.from(bytes.subarray(10, nameEnd)).toString('utf16le');
  return name === principalName(client) || name === principalText(client) || name === client.components.join('/');
}
