/** @module Gives a home an ECDSA key to sign with in the place of its RSA key. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export async function useEcdsaKey(home: string): Promise<void> {
  const keys = join(home, 'data', 'keys');
  const files = ['-keyout', join(keys, 'idp.key'), '-out', join(keys, 'idp.crt')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=bench'],
    ...kind,
    ...files,
  ]);
  const path = join(home, 'configuration', 'gatehouse.yaml');
  const before = await readFile(path, 'utf8');
  const after = before.replace('algorithm: rsa-sha256', 'algorithm: ecdsa-sha256');
  if (after === before) throw new Error('the default configuration has another algorithm than rsa-sha256');
  await writeFile(path, after);
}
