/** @module Keys that the server makes for itself: 32 random bytes in a file of the home, made once. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import type { Random } from '../spi/clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';

const keyBytes = 32;
const keyFileMode = 0o600;

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE */
export async function openKeyFile(home: HomeFolder, path: string, random: Random): Promise<Secret<Uint8Array>> {
  await home.createText(path, `${Buffer.from(random.bytes(keyBytes)).toString('hex')}\n`, keyFileMode);
  return readKeyFile(home, path);
}

/** @throws ERR_CONFIG_INVALID; ERR_CONFIG_UNREADABLE when there is none */
export async function readKeyFile(home: Pick<HomeFolder, 'readText'>, path: string): Promise<Secret<Uint8Array>> {
  const key = Buffer.from((await home.readText(path)).trim(), 'hex');
  if (key.length !== keyBytes) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the key file does not hold 32 bytes in hex', {
      facts: { file: path },
    });
  }
  return new Secret(key);
}
