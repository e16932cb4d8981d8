/** @module A home with users, whose identity provider has one partner, and a key of the kind that is asked for. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess } from './server-process.ts';
import { samplePassword } from './sign-in.ts';

/** The partner: it gets assertions that are signed, and does not sign its requests. */
export const serviceProvider = {
  sp: 'https://sp.example.org/metadata',
  acsUrl: 'https://sp.example.org/acs',
} as const;

export const serviceProviderMetadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${serviceProvider.sp}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAssertionsSigned="true"><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${serviceProvider.acsUrl}" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>`;

/** The first start makes the users; it tells their password, which is returned. */
export async function makeIdpHome(home: string): Promise<string> {
  const first = await startProcess(home, ['--samples']);
  const password = await samplePassword(first);
  await first.stop();
  await writeFile(join(home, 'configuration', 'bench.xml'), serviceProviderMetadata);
  await change(home, /partners:\n(?: {4}- \{ metadata: sample-.*\n)+/, 'partners: [ { metadata: bench.xml } ]\n');
  return password;
}

export async function useEcdsaKey(home: string): Promise<void> {
  const keys = join(home, 'data', 'keys');
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=bench'],
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-keyout', join(keys, 'idp.key'), '-out', join(keys, 'idp.crt')],
  ]);
  await change(home, /algorithm: rsa-sha256/, 'algorithm: ecdsa-sha256');
}

async function change(home: string, from: RegExp, to: string): Promise<void> {
  const path = join(home, 'configuration', 'gatehouse.yaml');
  const before = await readFile(path, 'utf8');
  if (!from.test(before)) throw new Error(`the first configuration has no ${from}:\n${before}`);
  await writeFile(path, before.replace(from, to));
}
