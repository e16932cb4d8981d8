/** @module The key pair that `gatehouse keys add` puts into the ring: made here, or read from files. */
import { resolve } from 'node:path';
import { readBoundedText } from '../../adapters/bounded-file.ts';
import { makeSelfSigned } from '../../adapters/self-signed.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { KeySide, KeyUse } from '../../spi/key-ring.ts';
import { Secret } from '../../spi/secret.ts';
import type { NewPair } from './request.ts';

/** A chain of ten RSA-4096 certificates has 25 kB. */
const maxPemBytes = 256 * 1024;

const names: Readonly<Record<KeySide, string>> = { idp: 'gatehouse-idp', sp: 'gatehouse-sp' };

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE */
export async function newPair(
  pair: NewPair,
  { side, use }: { readonly side: KeySide; readonly use: KeyUse },
): Promise<{ readonly keyPem: Secret<string>; readonly certificatePem: string }> {
  if ('keyFile' in pair) {
    const keyPem = await read(pair.keyFile);
    if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(keyPem)) {
      throw new GatehouseError('ERR_CONFIG_INVALID', 'the private key is encrypted; openssl pkey -in … decrypts it', {
        facts: { file: pair.keyFile },
      });
    }
    return { keyPem: new Secret(keyPem), certificatePem: await read(pair.certificateFile) };
  }
  const { type: keyType, days } = pair;
  const { keyPem, certificatePem } = await makeSelfSigned({ hostNames: [names[side]], days, keyType, purpose: use });
  return { keyPem: new Secret(keyPem), certificatePem };
}

async function read(file: string): Promise<string> {
  const read = await readBoundedText(resolve(file), maxPemBytes);
  if ('text' in read) return read.text;
  throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the file cannot be read', {
    facts: { file, problem: read.problem },
  });
}
