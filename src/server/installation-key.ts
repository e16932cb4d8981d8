/** @module Keys of the installation: 32 random bytes each in a file below `data/keys`, made once, the same on every node. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Random } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { ModuleServices } from '../spi/login-module.ts';
import { Secret } from '../spi/secret.ts';

const keyBytes = 32;
const keyFileMode = 0o600;

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE */
export async function openInstallationKey(home: HomeFolder, random: Random, file: string): Promise<Secret<Uint8Array>> {
  await home.createText(file, `${Buffer.from(random.bytes(keyBytes)).toString('hex')}\n`, keyFileMode);
  return readKey(home, file);
}

/** For modules: a key for each purpose. */
export function sealingKeys(home: HomeFolder, random: Random): ModuleServices['sealingKey'] {
  return async (purpose, make) => {
    const file = `data/keys/${purpose}.key`;
    if (make) return openInstallationKey(home, random, file);
    return (await home.exists(file)) ? readKey(home, file) : undefined;
  };
}

async function readKey(home: HomeFolder, file: string): Promise<Secret<Uint8Array>> {
  const key = Buffer.from((await home.readText(file)).trim(), 'hex');
  if (key.length !== keyBytes) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the key file does not hold 32 bytes in hex', { facts: { file } });
  }
  return new Secret(key);
}
