/** @module The files of a vault of JBoss: its keystore, and VAULT.dat in its folder; the forms of before are refused. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GatehouseError } from '../spi/errors.ts';
import { readBoundedBytesSync } from './bounded-file.ts';

/** A vault of ten thousand passwords has two. */
const maxBytes = 16 * 1024 * 1024;

export interface JbossVaultFiles {
  readonly keystore: Uint8Array;
  readonly data: Uint8Array;
}

/** @throws ERR_JBOSS_VAULT with `file` and `problem` */
export function readJbossVaultFiles(keystorePath: string, folder: string): JbossVaultFiles {
  const old = join(folder, 'ENC.dat');
  const data = join(folder, 'VAULT.dat');
  if (existsSync(old)) {
    throw unusable(
      old,
      existsSync(data)
        ? 'it lies beside VAULT.dat, and JBoss takes neither then; move away the one that is not in use'
        : 'it is of before EAP 6.3; start a newer JBoss once with this vault, which makes VAULT.dat of it',
    );
  }
  return { keystore: read(keystorePath), data: read(data) };
}

function read(file: string): Uint8Array {
  const reading = readBoundedBytesSync(file, maxBytes);
  if ('problem' in reading) throw unusable(file, reading.problem);
  return reading.bytes;
}

function unusable(file: string, problem: string): GatehouseError {
  return new GatehouseError('ERR_JBOSS_VAULT', 'the vault of JBoss cannot be read', { facts: { file, problem } });
}
