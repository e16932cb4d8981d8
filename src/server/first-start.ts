/** @module The first start: writes the default configuration, the signing key and the sample users into an empty home. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { makeSelfSigned } from '../adapters/self-signed.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';
import { hashArgon2 } from '../wire/argon2.ts';
import { buildFirstStart, sampleUsers } from './first-start-files.ts';

/** Shown once and kept nowhere: the files hold only what verifies them. */
export interface FirstStartSecrets {
  readonly administrator: { readonly name: string; readonly password: string };
  /** Absent without the sample applications. */
  readonly samples?: { readonly users: readonly string[]; readonly password: string };
}

const ports = { http: 8080, https: 8443, managementHttp: 9990, managementHttps: 9993 };
const randomBytesNeeded = 32;
const saltBytes = 16;
const samplePasswordBytes = 9;
/** Ten years: partners pin this certificate, and nothing but its fingerprint means anything to them. */
const signingCertificateDays = 3650;
const keyFileMode = 0o600;
const publicFileMode = 0o644;

/**
 * Only for a home without `gatehouse.yaml`.
 * @throws ERR_CONFIG_INVALID when files are there that it would have to replace: somebody's users.
 */
export async function firstStart(home: HomeFolder, withSamples: boolean): Promise<FirstStartSecrets> {
  const samplePassword = withSamples
    ? Buffer.from(systemRandom.bytes(samplePasswordBytes)).toString('base64url')
    : undefined;
  const made = buildFirstStart({
    ports,
    randomBytes: systemRandom.bytes(randomBytesNeeded),
    ...(samplePassword === undefined ? {} : { passwordHashes: await sampleHashes(samplePassword) }),
  });
  await refuseLeftovers(home, made.files.map(pathOf));
  const pair = await makeSelfSigned({
    hostNames: ['gatehouse-idp'],
    days: signingCertificateDays,
    keyType: 'rsa-2048',
    purpose: 'signing',
  });
  await home.createText('data/keys/idp.key', pair.keyPem, keyFileMode);
  await home.createText('data/keys/idp.crt', pair.certificatePem, publicFileMode);
  for (const file of made.files) await home.writeText(pathOf(file), file.text, file.mode);
  return {
    administrator: made.administrator,
    ...(samplePassword === undefined
      ? {}
      : { samples: { users: sampleUsers.map(({ name }) => name), password: samplePassword } }),
  };
}

/** Each with a salt of its own. */
async function sampleHashes(password: string): Promise<ReadonlyMap<string, string>> {
  const secret = new Secret(password);
  return new Map(
    await Promise.all(
      sampleUsers.map(async ({ name }) => [name, await hashArgon2(secret, systemRandom.bytes(saltBytes))] as const),
    ),
  );
}

const pathOf = ({ path }: { readonly path: string }) => `configuration/${path}`;

async function refuseLeftovers(home: HomeFolder, paths: readonly string[]): Promise<void> {
  const there = await Promise.all(paths.map(async (path) => ((await home.exists(path)) ? [path] : [])));
  const [first] = there.flat();
  if (first === undefined) return;
  throw new GatehouseError('ERR_CONFIG_INVALID', 'the home has no gatehouse.yaml, but files that go with one', {
    facts: { home: home.path, file: first, remedy: 'put gatehouse.yaml back, or start with an empty folder' },
  });
}
