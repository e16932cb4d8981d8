/** @module The key ring on the disk: `ring.json` in `data/keys`, changed by one command at a time, replaced whole. */
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GatehouseError } from '../../spi/errors.ts';
import type { KeyRing } from '../../spi/key-ring.ts';
import { buildKeyRing, maxRingFileBytes, parseKeyRing } from '../../wire/key-ring-file.ts';
import { takeLock } from '../file-lock.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { isSystemError } from '../system-error.ts';

export interface RingStore {
  /** For messages and for watching. */
  readonly path: string;
  /** `undefined` when there is none yet. @throws ERR_KEY_RING */
  read(): Promise<KeyRing | undefined>;
  /**
   * `change` gets the ring as it is and gives the new one, or `undefined` to leave it; its answer is handed on. Nobody else changes
   * it meanwhile. @throws as `read`, ERR_KEY_RING_BUSY, ERR_STORE_UNAVAILABLE
   */
  change<T>(
    change: (before: KeyRing | undefined) => Promise<{ readonly ring?: KeyRing; readonly answer: T }>,
  ): Promise<T>;
}

const fileName = 'ring.json';
const lockName = 'ring.lock';
const busy = { code: 'ERR_KEY_RING_BUSY', message: 'another command is changing the key ring' } as const;

/** @param folder `data/keys` of the home, absolute. */
export function createRingStore(folder: string): RingStore {
  const path = join(folder, fileName);
  const fault = (problem: string) =>
    new GatehouseError('ERR_KEY_RING', 'the key ring cannot be used', { facts: { ring: path, problem } });

  async function read(): Promise<KeyRing | undefined> {
    const reading = await readPrivateFile(path, maxRingFileBytes);
    if (reading.status === 'missing') return undefined;
    if (reading.status === 'refused') throw fault(reading.problem);
    const parsed = parseKeyRing(reading.text);
    if ('problem' in parsed) throw fault(`${parsed.problem}; put it back from a backup`);
    return parsed.ring;
  }

  /** What is linked in, such as by a deployment, is somebody else's to change. */
  async function refuseLink(): Promise<void> {
    const status = await lstat(path).catch((error: unknown) => {
      if (isSystemError(error) && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (status !== undefined && !status.isFile()) {
      throw fault('it is not a regular file, so it is not changed here; change it where it comes from');
    }
  }

  return {
    path,
    read,
    async change(change) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await using _lock = await takeLock(join(folder, lockName), busy);
        await refuseLink();
        const { ring, answer } = await change(await read());
        if (ring !== undefined) await writePrivateFile(path, buildKeyRing(ring));
        return answer;
      } catch (error) {
        if (!isSystemError(error)) throw error;
        throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the key ring cannot be written', {
          cause: error,
          facts: { ring: path, problem: error.code },
        });
      }
    },
  };
}
