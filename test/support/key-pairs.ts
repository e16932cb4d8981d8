/** @module Keys and self-signed certificates, made by openssl. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './child-process.ts';

export interface KeyPair {
  readonly keyPath: string;
  readonly certificatePath: string;
  readonly keyPem: string;
  readonly certificatePem: string;
  /** Base64 of the DER form, without line breaks: what metadata holds. */
  readonly certificateBase64: string;
}

const keyOptions = { rsa: ['rsa:2048'], ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] } as const;

export async function makeKeyPair(
  folder: string,
  name: string,
  { type = 'rsa', hostName = name }: { readonly type?: 'rsa' | 'ec'; readonly hostName?: string } = {},
): Promise<KeyPair> {
  const keyPath = join(folder, `${name}.key`);
  const certificatePath = join(folder, `${name}.crt`);
  await mustRun('openssl', [
    ...['req', '-x509', '-newkey', ...keyOptions[type], '-nodes', '-days', '30', '-subj', `/CN=${name}`],
    ...['-addext', `subjectAltName=DNS:${hostName}`, '-keyout', keyPath, '-out', certificatePath],
  ]);
  const certificatePem = await readFile(certificatePath, 'utf8');
  return {
    keyPath,
    certificatePath,
    keyPem: await readFile(keyPath, 'utf8'),
    certificatePem,
    certificateBase64: certificatePem.replace(/-----[^-]+-----|\s/g, ''),
  };
}
