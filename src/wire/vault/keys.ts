/** @module Vault keys as text: one or more keys of 256 bits, the one that encrypts first, the ones that only still open behind it. */
import { createHash } from 'node:crypto';
import { Secret } from '../../spi/secret.ts';

export const vaultKeyBytes = 32;
/** A new key and one that is being replaced; more than a handful was never cleaned up. */
const maxKeys = 8;
const idDigits = 16;

export interface VaultKey {
  /** Names the key in the vault file, and tells nothing about it. */
  readonly id: string;
  readonly bytes: Secret<Uint8Array>;
}

export function vaultKeyOf(bytes: Uint8Array): VaultKey {
  const digest = createHash('sha256').update('gatehouse vault key id\n').update(bytes).digest('hex');
  return { id: digest.slice(0, idDigits), bytes: new Secret(bytes) };
}

/** Base64, as `openssl rand -base64 32` writes it, with both alphabets and with or without padding; or 64 hexadecimal digits. */
function keyBytes(word: string): Uint8Array | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(word)) return Buffer.from(word, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(word)) return undefined;
  return Buffer.from(word, 'base64');
}

/** Keys between white space; never empty. `problem` quotes nothing of the text. */
export function parseVaultKeys(text: string): { readonly keys: readonly VaultKey[] } | { readonly problem: string } {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return { problem: 'it is empty' };
  if (words.length > maxKeys) return { problem: `it holds more than ${maxKeys} words` };
  const keys: VaultKey[] = [];
  for (const word of words) {
    const bytes = keyBytes(word);
    if (bytes?.length !== vaultKeyBytes) {
      return { problem: 'it is not a key: 32 random bytes in base64, as "openssl rand -base64 32" makes them' };
    }
    keys.push(vaultKeyOf(bytes));
  }
  return { keys };
}

/** One key a line. */
export function formatVaultKeys(keys: readonly VaultKey[]): Secret<string> {
  return new Secret(keys.map(({ bytes }) => `${Buffer.from(bytes.reveal()).toString('base64')}\n`).join(''));
}
