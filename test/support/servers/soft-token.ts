/** @module A PKCS#11 token (SoftHSM) and a signer whose key is in it, driven by OpenSC's pkcs11-tool: the second implementation of the contract of signers. */
import { execFile } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SignatureAlgorithm, Signer } from '../../../src/spi/signer.ts';
import { makeKeyPair } from '../keys.ts';
import { noteSecret } from '../secrets.ts';
import { makeTempFolder } from '../temp-folder.ts';

const run = promisify(execFile);
const library = '/usr/lib/softhsm/libsofthsm2.so';
const label = 'gatehouse';

export interface SoftToken {
  /** Its key never leaves the token. */
  signer(algorithm: SignatureAlgorithm): Signer;
  certificatePem(signer: Signer): string;
  close(): Promise<void>;
}

export async function openSoftToken(): Promise<SoftToken> {
  const folder = await makeTempFolder('token');
  const conf = join(folder.path, 'softhsm2.conf');
  const pin = String(randomInt(10_000_000, 99_999_999));
  noteSecret('the PIN of the token', pin);
  await mkdir(join(folder.path, 'tokens'));
  await writeFile(
    conf,
    `directories.tokendir = ${folder.path}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const env = { PATH: '/usr/bin', SOFTHSM2_CONF: conf, TOKEN_PIN: pin };
  await run('softhsm2-util', ['--init-token', '--free', '--label', label, '--so-pin', pin, '--pin', pin], { env });
  const pairs = { rsa: makeKeyPair('rsa'), ec: makeKeyPair('ec') };
  const ids = { rsa: '01', ec: '02' } as const;
  for (const family of ['rsa', 'ec'] as const) {
    const file = join(folder.path, 'import.pem');
    await writeFile(file, pairs[family].privateKeyPem, { mode: 0o600 });
    await run(
      'softhsm2-util',
      ['--import', file, '--token', label, '--label', family, '--id', ids[family], '--pin', pin],
      { env },
    );
    await rm(file);
  }
  let files = 0;

  // SoftHSM's processes stand in one another's way; a token does one thing at a time anyway.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work);
    last = turn;
    return turn;
  }

  async function inToken(id: string, mechanism: string, data: Uint8Array): Promise<Uint8Array> {
    files += 1;
    const [input, output] = [join(folder.path, `${files}.in`), join(folder.path, `${files}.out`)];
    await writeFile(input, data);
    const login = ['--module', library, '--token-label', label, '--login', '--pin', 'env:TOKEN_PIN'];
    const what = ['--sign', '--id', id, '--mechanism', mechanism, '--signature-format', 'rs'];
    await inTurn(() =>
      run('pkcs11-tool', [...login, ...what, '--input-file', input, '--output-file', output], { env }),
    );
    return readFile(output);
  }

  return {
    signer(algorithm) {
      const hash = algorithm.split('-').at(-1) ?? '';
      const isEc = algorithm.startsWith('ecdsa-');
      const pair = pairs[isEc ? 'ec' : 'rsa'];
      const { certificate } = pair;
      if (isEc) {
        // Tokens sign the digest: they are not sent the whole document.
        const digest = (data: Uint8Array) => createHash(hash).update(data).digest();
        return { algorithm, certificate, sign: (data) => inToken(ids.ec, 'ECDSA', digest(data)) };
      }
      const mechanism = `${hash.toUpperCase()}-RSA-PKCS${algorithm.startsWith('rsa-pss-') ? '-PSS' : ''}`;
      return { algorithm, certificate, sign: (data) => inToken(ids.rsa, mechanism, data) };
    },
    certificatePem: ({ algorithm }) => pairs[algorithm.startsWith('ecdsa-') ? 'ec' : 'rsa'].certificatePem,
    close: () => folder.remove(),
  };
}
