/** @module Reads a vault of JBoss: the key out of its keystore, the values out of VAULT.dat (jboss-facts §9). */
import { isUtf8 } from 'node:buffer';
import { createDecipheriv } from 'node:crypto';
import { GatehouseError } from '../../spi/errors.ts';
import { Secret } from '../../spi/secret.ts';
import { type VaultName, vaultNameOf } from '../../spi/vault-reference.ts';
import { readJceksKey } from '../java/jceks.ts';
import { withoutPadding } from '../java/pbe.ts';
import { type JavaValue, readJavaObject } from '../java/serialization.ts';
import { isMasked, unmaskPassword } from './mask.ts';

export interface JbossVaultParts {
  /** The file of KEYSTORE_URL. */
  readonly keystore: Uint8Array;
  /** KEYSTORE_ALIAS. */
  readonly alias: string;
  readonly password:
    | { readonly kind: 'masked'; readonly masked: string; readonly salt: string; readonly iterations: number }
    | { readonly kind: 'clear'; readonly text: Secret<string> };
  /** `VAULT.dat` of ENC_FILE_DIR. */
  readonly data: Uint8Array;
}

export interface JbossVault {
  readonly values: readonly { readonly name: VaultName; readonly value: Secret<string> }[];
  /** Records whose names ours cannot have: braces, control characters, more than 128 characters. */
  readonly unnameable: readonly string[];
}

const dataClasses = new Set([
  'org.picketbox.plugins.vault.SecurityVaultData',
  'java.lang.Integer',
  'java.lang.Number',
  'java.lang.String',
  'java.util.concurrent.ConcurrentHashMap',
  'java.util.concurrent.ConcurrentHashMap$Segment',
  '[Ljava.util.concurrent.ConcurrentHashMap$Segment;',
  'java.util.concurrent.locks.ReentrantLock',
  'java.util.concurrent.locks.ReentrantLock$Sync',
  'java.util.concurrent.locks.ReentrantLock$NonfairSync',
  'java.util.concurrent.locks.AbstractQueuedSynchronizer',
  'java.util.concurrent.locks.AbstractOwnableSynchronizer',
  '[B',
]);
const aesBlockBytes = 16;

function refused(problem: string): GatehouseError {
  return new GatehouseError('ERR_JBOSS_VAULT', 'the vault of JBoss cannot be read', { facts: { problem } });
}

/** @throws ERR_JBOSS_VAULT with the `problem`, which holds no secret */
export function readJbossVault({ keystore, alias, password, data }: JbossVaultParts): JbossVault {
  const clear = password.kind === 'clear' ? password.text : unmasked(password);
  const { algorithm, bytes } = readJceksKey(keystore, clear, alias);
  if (algorithm !== 'AES' || ![16, 24, 32].includes(bytes.reveal().length)) {
    throw refused('the key under this alias is not an AES key');
  }
  const values: { name: VaultName; value: Secret<string> }[] = [];
  const unnameable: string[] = [];
  for (const [key, encrypted] of readRecords(data)) {
    const value = decryptValue(encrypted, bytes.reveal());
    const name = vaultNameOf(key);
    if (value === undefined) throw refused('VAULT.dat was made with another key than the one under this alias');
    if (name === undefined) unnameable.push(key);
    else values.push({ name, value });
  }
  return { values, unnameable };
}

function unmasked(password: Extract<JbossVaultParts['password'], { kind: 'masked' }>): Secret<string> {
  if (!isMasked(password.masked)) throw refused('the password of the keystore is not masked (MASK-…)');
  const clear = unmaskPassword(password.masked, password.salt, password.iterations);
  if (clear !== undefined) return clear;
  throw refused('the password of the keystore was masked with another salt or iteration count');
}

function readRecords(data: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const { value } = readJavaObject(data, 0, dataClasses);
  const [version, map] = value.kind === 'object' ? value.written : [];
  const number = version?.kind === 'object' ? version.fields.get('value') : undefined;
  if (number?.kind !== 'primitive' || number.value !== 1) throw refused('VAULT.dat has an unknown version');
  // Keys and values in turn, and two nulls.
  const written: readonly JavaValue[] = map?.kind === 'object' ? map.written : [];
  const records = new Map<string, Uint8Array>();
  for (let index = 0; index + 1 < written.length; index += 2) {
    const [key, bytes] = [written[index], written[index + 1]];
    if (key?.kind === 'string' && bytes?.kind === 'bytes') records.set(key.text, bytes.bytes);
    else if (key?.kind !== 'null' || bytes?.kind !== 'null') throw refused('VAULT.dat does not hold names and values');
  }
  return records;
}

/** AES in the mode ECB, as `Cipher.getInstance("AES")` is. A server of JBoss wrote text in the encoding of its machine. */
function decryptValue(encrypted: Uint8Array, key: Uint8Array): Secret<string> | undefined {
  if (encrypted.length === 0 || encrypted.length % aesBlockBytes !== 0) return undefined;
  const decipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  const plain = withoutPadding(Buffer.concat([decipher.update(encrypted), decipher.final()]), aesBlockBytes);
  return plain && new Secret(Buffer.from(plain).toString(isUtf8(plain) ? 'utf8' : 'latin1'));
}
