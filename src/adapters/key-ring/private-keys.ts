/** @module The private keys of a ring: in the vault where there is one, otherwise each in a file that only its owner may read. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../../spi/errors.ts';
import { keyRingBlock as block, type KeyPlace, type RingKey } from '../../spi/key-ring.ts';
import { Secret } from '../../spi/secret.ts';
import { type VaultName, vaultKey } from '../../spi/vault-reference.ts';
import type { HomeFolder } from '../home-folder.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { isSystemError } from '../system-error.ts';
import type { VaultStore } from '../vault/vault-store.ts';

export interface PrivateKeysParts {
  readonly home: Pick<HomeFolder, 'resolve' | 'inConfiguration' | 'readText' | 'exists'>;
  /** Asked for when it is needed: where its key is behind a program, somebody may have to type. */
  readonly vault: () => Promise<VaultStore>;
}

export interface PrivateKeys {
  /** PEM, in the vault where there is one. @throws ERR_VAULT_*, ERR_STORE_UNAVAILABLE */
  save(id: string, pem: Secret<string>): Promise<Exclude<KeyPlace, { in: 'erased' }>>;
  /**
   * By id; the vault is opened once for all. What is erased is left out, and what is retired may be missing.
   * @throws ERR_KEY_RING, ERR_VAULT_*, ERR_CONFIG_UNREADABLE
   */
  load(keys: readonly Pick<RingKey, 'id' | 'place' | 'retiredAt'>[]): Promise<ReadonlyMap<string, Secret<string>>>;
  /** What the configuration names is left to whom it belongs: false. @throws as `save` */
  erase(place: KeyPlace): Promise<boolean>;
}

/** Files that we have made ourselves; others stand in the configuration. */
const folder = 'data/keys/ring';
/** RSA-4096 has 3.3 kB. */
const maxKeyBytes = 64 * 1024;

export function createPrivateKeys({ home, vault }: PrivateKeysParts): PrivateKeys {
  const missing = (id: string, where: string, problem = 'it is not there') =>
    new GatehouseError('ERR_KEY_RING', 'a private key of the ring cannot be had', {
      facts: { key: id, where, problem },
    });
  const whereOf = (place: KeyPlace) =>
    place.in === 'file'
      ? home.inConfiguration(place.path)
      : place.in === 'vault'
        ? `the vault, ${vaultKey(place)}`
        : '';

  /** `undefined`: it is not there. */
  async function loadFile(id: string, path: string): Promise<Secret<string> | undefined> {
    const absolute = home.inConfiguration(path);
    // A file of the configuration may be readable by more than its owner, of which a start warns.
    if (!isOurs(path)) return (await home.exists(absolute)) ? new Secret(await home.readText(absolute)) : undefined;
    const reading = await readPrivateFile(absolute, maxKeyBytes);
    if (reading.status === 'read') return new Secret(reading.text);
    if (reading.status === 'missing') return undefined;
    throw missing(id, absolute, reading.problem);
  }

  return {
    async save(id, pem) {
      const store = await vault();
      if ((await store.read()) !== undefined) {
        await store.change((before) => ({
          contents: new Map([...before, [vaultKey({ block, attribute: id }), pem]]),
          answer: undefined,
        }));
        return { in: 'vault', block, attribute: id };
      }
      return written(home.resolve(folder), async () => {
        await mkdir(home.resolve(folder), { recursive: true, mode: 0o700 });
        await writePrivateFile(join(home.resolve(folder), `${id}.key`), pem.reveal());
        return { in: 'file', path: `${folder}/${id}.key` };
      });
    },
    async load(keys) {
      const needsVault = keys.some(({ place }) => place.in === 'vault');
      const state = needsVault ? await (await vault()).mustRead() : undefined;
      const inVault = (place: VaultName) => state?.contents.get(vaultKey(place));
      const loaded = new Map<string, Secret<string>>();
      for (const { id, place, retiredAt } of keys) {
        const pem =
          place.in === 'file' ? await loadFile(id, place.path) : place.in === 'vault' ? inVault(place) : undefined;
        if (pem !== undefined) loaded.set(id, pem);
        else if (retiredAt === undefined) throw missing(id, whereOf(place));
      }
      return loaded;
    },
    async erase(place) {
      if (place.in === 'vault') {
        const store = await vault();
        await store.change((before) => {
          const contents = new Map(before);
          contents.delete(vaultKey(place));
          return { contents, answer: undefined };
        });
        return true;
      }
      if (place.in === 'erased' || !isOurs(place.path)) return false;
      const path = home.inConfiguration(place.path);
      return written(path, async () => {
        await rm(path, { force: true });
        return true;
      });
    },
  };
}

const isOurs = (path: string) => /^data\/keys\/ring\/[0-9a-f]{16}\.key$/.test(path);

async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'a private key cannot be written', {
      cause: error,
      facts: { path, problem: error.code },
    });
  }
}
