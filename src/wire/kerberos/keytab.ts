/** @module The keytab file, version 0x0502, as MIT and Heimdal write it: which keys a service has. */
import { isUtf8 } from 'node:buffer';
import { GatehouseError } from '../../spi/errors.ts';
import { Secret } from '../../spi/secret.ts';
import { encryptionType, encryptionTypeName } from './encryption-types.ts';
import { createKerberosKey, type KerberosKey } from './key.ts';
import { maxComponents, type Principal } from './principal.ts';

export interface KeytabEntry {
  readonly principal: Principal;
  readonly kvno: number;
  /** The number of the encryption type. */
  readonly encryptionType: number;
  /** When the key was written, in milliseconds; 0 when it does not say. */
  readonly writtenAt: number;
  /** `undefined` of a type that we refuse: the entry is kept so that a diagnosis can name it. */
  readonly key: KerberosKey | undefined;
}

/** A keytab of a hundred services with four types in three versions has 1,200. */
export const maxKeytabEntries = 4096;
/** Far more than such a file needs. */
export const maxKeytabBytes = 1024 * 1024;

/** @throws ERR_CONFIG_INVALID when it is no keytab, has another version, breaks off, or has a key of the wrong length */
export function parseKeytab(bytes: Uint8Array): readonly KeytabEntry[] {
  if (bytes.length > maxKeytabBytes) throw invalid('the keytab is too large', { maxKeytabBytes });
  if (bytes[0] !== 5 || bytes[1] !== 2) throw invalid('this is no keytab of version 0x0502', {});
  const view = viewOf(bytes);
  const entries: KeytabEntry[] = [];
  for (let offset = 2; offset + 4 <= bytes.length; ) {
    const size = view.getInt32(offset);
    // Zero is the end; a negative size is the room of an entry that was deleted.
    if (size === 0) break;
    const start = offset + 4;
    const end = start + Math.abs(size);
    if (end > bytes.length) throw invalid('the keytab breaks off', { offset });
    if (size > 0) entries.push(parseEntry(bytes.subarray(start, end), offset));
    if (entries.length > maxKeytabEntries) throw invalid('the keytab has too many keys', { maxKeytabEntries });
    offset = end;
  }
  return entries;
}

function parseEntry(bytes: Uint8Array, entryOffset: number): KeytabEntry {
  const view = viewOf(bytes);
  let offset = 0;
  const take = (length: number): number => {
    const at = offset;
    offset += length;
    if (offset > bytes.length) throw invalid('an entry of the keytab breaks off', { offset: entryOffset });
    return at;
  };
  const counted = (): Uint8Array => {
    const length = view.getUint16(take(2));
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  const text = (): string => {
    const part = counted();
    if (!isUtf8(part)) throw invalid('a name in the keytab is not UTF-8', { offset: entryOffset });
    return new TextDecoder().decode(part);
  };
  const count = view.getUint16(take(2));
  if (count === 0 || count > maxComponents) {
    throw invalid('a name in the keytab has no component, or too many', { offset: entryOffset, count });
  }
  const realm = text();
  const components = Array.from({ length: count }, text);
  const nameType = view.getUint32(take(4));
  const writtenAt = view.getUint32(take(4)) * 1000;
  const shortKvno = view.getUint8(take(1));
  const type = view.getUint16(take(2));
  const key = counted();
  // The version had one octet at first; where four more follow, and are not nought, they count.
  const longKvno = offset + 4 <= bytes.length ? view.getUint32(offset) : 0;
  return {
    principal: { realm, components, nameType },
    kvno: longKvno === 0 ? shortKvno : longKvno,
    encryptionType: type,
    writtenAt,
    key: keyOf(type, key),
  };
}

function keyOf(id: number, bytes: Uint8Array): KerberosKey | undefined {
  const type = encryptionType(id);
  if (type === undefined) return undefined;
  if (bytes.length !== type.keyBytes) {
    throw invalid('a key in the keytab has the wrong length', { type: encryptionTypeName(id), bytes: bytes.length });
  }
  // A copy: the bytes of the file are not kept alive by it.
  return createKerberosKey(type, new Secret(Uint8Array.from(bytes)));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function invalid(message: string, facts: Readonly<Record<string, string | number>>): GatehouseError {
  return new GatehouseError('ERR_CONFIG_INVALID', message, { facts });
}
