/** @module The vault on the disk: opened with its keys, changed by one writer at a time, replaced whole. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { type VaultKey, vaultKeyBytes, vaultKeyOf } from '../../wire/vault/keys.ts';
import {
  buildVaultFile,
  maxVaultFileBytes,
  maxVaultRecords,
  openVaultFile,
  type VaultContents,
} from '../../wire/vault/vault-file.ts';
import { takeLock } from '../file-lock.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { isSystemError } from '../system-error.ts';
import { describeKeySource, readVaultKeys, type VaultKeySource, writeKeyFile } from './key-source.ts';

export interface VaultParts {
  /** `data/vault` of the home, absolute. */
  readonly folder: string;
  readonly key: VaultKeySource;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
}

export interface VaultState {
  readonly contents: VaultContents;
  /** More than one after a rekeying that was interrupted, or while the operator holds the old one beside the new one. */
  readonly keyCount: number;
  /** False: the file is still under an older key of the ring. */
  readonly underFirstKey: boolean;
}

interface ReadState extends VaultState {
  /** Encrypts whatever is written. */
  readonly first: VaultKey;
  /** Opens the file as it is. */
  readonly under: VaultKey;
}

export interface VaultStore {
  readonly path: string;
  /** `undefined` when there is none yet. @throws ERR_VAULT_KEY, ERR_VAULT_DAMAGED */
  read(): Promise<VaultState | undefined>;
  /** @throws as `read`, ERR_VAULT_MISSING */
  mustRead(): Promise<VaultState>;
  /** Makes an empty one, and its key file where there is none; false when there is one already. @throws as `read`, ERR_VAULT_BUSY */
  init(): Promise<boolean>;
  /** `change` gives the new contents, or `undefined` to leave them; its answer is handed on. @throws as `init`, ERR_VAULT_MISSING */
  change<T>(change: (before: VaultContents) => { readonly contents?: VaultContents; readonly answer: T }): Promise<T>;
  /** Everything under a new key. `unchanged`: a source that we cannot write holds no newer key. @throws as `change` */
  rekey(): Promise<'rekeyed' | 'unchanged'>;
}

type VaultFault = 'ERR_VAULT_DAMAGED' | 'ERR_VAULT_KEY' | 'ERR_VAULT_MISSING' | 'ERR_VAULT_FULL';

const fileName = 'vault.json';
const busy = { code: 'ERR_VAULT_BUSY', message: 'another command is changing the vault' } as const;

export function createVaultStore({ folder, key, environment, random }: VaultParts): VaultStore {
  const path = join(folder, fileName);
  const fault = (code: VaultFault, message: string, problem: string) =>
    new GatehouseError(code, message, { facts: { vault: path, problem } });

  async function keysOrFault(): Promise<readonly [VaultKey, ...VaultKey[]]> {
    const keys = await readVaultKeys(key, environment);
    if (keys !== undefined) return keys;
    throw fault('ERR_VAULT_KEY', 'the key of the vault is not there', `no ${describeKeySource(key)}; put it back`);
  }

  /** @throws ERR_VAULT_DAMAGED */
  async function readText(): Promise<string | undefined> {
    const reading = await readPrivateFile(path, maxVaultFileBytes);
    if (reading.status === 'refused') throw fault('ERR_VAULT_DAMAGED', 'the vault cannot be used', reading.problem);
    return reading.status === 'missing' ? undefined : reading.text;
  }

  async function read(): Promise<ReadState | undefined> {
    const text = await readText();
    if (text === undefined) return undefined;
    const keys = await keysOrFault();
    const opened = openVaultFile(text, keys);
    switch (opened.status) {
      case 'opened': {
        const { contents, keyId } = opened;
        const under = keys.find(({ id }) => id === keyId) ?? keys[0];
        return { contents, first: keys[0], under, keyCount: keys.length, underFirstKey: under === keys[0] };
      }
      case 'wrong-key':
        throw fault(
          'ERR_VAULT_KEY',
          'the vault was made with another key',
          `it needs the key ${opened.keyId}, and the ${describeKeySource(key)} holds ${keys.map(({ id }) => id).join(', ')}`,
        );
      case 'damaged':
        throw fault('ERR_VAULT_DAMAGED', 'the vault cannot be used', `${opened.problem}; take it from a backup`);
    }
  }

  async function readExisting() {
    const state = await read();
    if (state !== undefined) return state;
    throw fault('ERR_VAULT_MISSING', 'there is no vault', '"gatehouse vault init" makes one');
  }

  function write(contents: VaultContents, under: VaultKey): Promise<void> {
    return writePrivateFile(
      path,
      buildVaultFile(contents, under, (length) => random.bytes(length)),
    );
  }

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // The mask of the process may have made it stricter or the operator wider.
      await chmod(folder, 0o700);
      await using _lock = await takeLock(join(folder, 'vault.lock'), busy);
      return await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the vault cannot be written', {
        cause: error,
        facts: { vault: path, problem: error.code },
      });
    }
  }

  const newKey = () => vaultKeyOf(random.bytes(vaultKeyBytes));

  return {
    path,
    read,
    mustRead: readExisting,
    init: () =>
      locked(async () => {
        if ((await readText()) !== undefined) return false;
        const found = await readVaultKeys(key, environment);
        const first = found?.[0] ?? newKey();
        if (found === undefined && key.kind === 'file') await writeKeyFile(key.path, [first]);
        await write(new Map(), first);
        return true;
      }),
    change: (change) =>
      locked(async () => {
        const { contents: before, first } = await readExisting();
        const { contents, answer } = change(before);
        if (contents !== undefined) {
          if (contents.size > maxVaultRecords) {
            throw fault('ERR_VAULT_FULL', 'the vault is full', `it would have more than ${maxVaultRecords} values`);
          }
          await write(contents, first);
        }
        return answer;
      }),
    rekey: () =>
      locked(async () => {
        const { contents, first, under, underFirstKey } = await readExisting();
        if (key.kind !== 'file') {
          if (underFirstKey) return 'unchanged';
          await write(contents, first);
          return 'rekeyed';
        }
        // Each step leaves a file of keys with which the vault, old or new, can be opened.
        const next = newKey();
        await writeKeyFile(key.path, [next, under]);
        await write(contents, next);
        await writeKeyFile(key.path, [next]);
        return 'rekeyed';
      }),
  };
}
