/** @module Writes keytab files, version 0x0502, with whatever keys a test wants. */
import { parsePrincipal } from '../../src/wire/kerberos/principal.ts';

export interface KeytabKey {
  readonly principal: string;
  readonly kvno: number;
  readonly encryptionType: number;
  readonly bytes: Uint8Array;
  /** As programs of before the long version number. */
  readonly shortVersionOnly?: boolean;
  readonly rawRealm?: Uint8Array;
}

export function writeKeytab(keys: readonly (KeytabKey | 'hole')[]): Buffer {
  return Buffer.concat([Uint8Array.of(5, 2), ...keys.map((key) => (key === 'hole' ? hole() : entry(key)))]);
}

function hole(): Buffer {
  return Buffer.concat([number(-20, 4), Buffer.alloc(20, 0x41)]);
}

function entry({ principal, kvno, encryptionType, bytes, shortVersionOnly, rawRealm }: KeytabKey): Buffer {
  const { realm, components, nameType } = parsePrincipal(principal)!;
  const body = Buffer.concat([
    number(components.length, 2),
    counted(rawRealm ?? Buffer.from(realm)),
    ...components.map((one) => counted(Buffer.from(one))),
    number(nameType, 4),
    number(1_700_000_000, 4),
    number(kvno & 0xff, 1),
    number(encryptionType, 2),
    counted(bytes),
    ...(shortVersionOnly ? [] : [number(kvno, 4)]),
  ]);
  return Buffer.concat([number(body.length, 4), body]);
}

const counted = (bytes: Uint8Array) => Buffer.concat([number(bytes.length, 2), bytes]);

function number(value: number, octets: number): Buffer {
  const bytes = Buffer.alloc(octets);
  bytes.writeIntBE(value >= 2 ** (octets * 8 - 1) ? value - 2 ** (octets * 8) : value, 0, octets);
  return bytes;
}
