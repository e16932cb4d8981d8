/** @module The encryption types that we use, and the names of those that we refuse (RFC 3962, RFC 8009, RFC 8429). */

export interface EncryptionType {
  readonly id: number;
  readonly name: string;
  readonly keyBytes: 16 | 32;
  readonly hash: 'sha1' | 'sha256' | 'sha384';
  /** Of the keyed checksum, in a message and by itself. */
  readonly macBytes: number;
  /** Of RFC 8009: keys derived by KDF-HMAC-SHA2, the checksum taken over the ciphertext. */
  readonly overCiphertext: boolean;
  /** The keyed checksum type that goes with it. */
  readonly checksum: number;
}

export const encryptionTypes: readonly EncryptionType[] = [
  {
    ...{ id: 17, name: 'aes128-cts-hmac-sha1-96', keyBytes: 16, hash: 'sha1', macBytes: 12, overCiphertext: false },
    checksum: 15,
  },
  {
    ...{ id: 18, name: 'aes256-cts-hmac-sha1-96', keyBytes: 32, hash: 'sha1', macBytes: 12, overCiphertext: false },
    checksum: 16,
  },
  {
    ...{ id: 19, name: 'aes128-cts-hmac-sha256-128', keyBytes: 16, hash: 'sha256', macBytes: 16, overCiphertext: true },
    checksum: 19,
  },
  {
    ...{ id: 20, name: 'aes256-cts-hmac-sha384-192', keyBytes: 32, hash: 'sha384', macBytes: 24, overCiphertext: true },
    checksum: 20,
  },
];

/** Weak (RFC 6649, RFC 8429), or never in use: an operator finds these in keytabs, and must learn which one it is. */
const refusedNames: Readonly<Record<number, string>> = {
  1: 'des-cbc-crc',
  2: 'des-cbc-md4',
  3: 'des-cbc-md5',
  5: 'des3-cbc-md5',
  7: 'des3-cbc-sha1',
  16: 'des3-cbc-sha1-kd',
  23: 'arcfour-hmac',
  24: 'arcfour-hmac-exp',
  25: 'camellia128-cts-cmac',
  26: 'camellia256-cts-cmac',
};

export function encryptionType(id: number): EncryptionType | undefined {
  return encryptionTypes.find((one) => one.id === id);
}

/** For people: a name, or the number of a type that nobody named. */
export function encryptionTypeName(id: number): string {
  return encryptionType(id)?.name ?? refusedNames[id] ?? `encryption type ${id}`;
}
