/** @module Home folders for the flows: a configuration of the test's own, users whose passwords stand in it only as digests. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeKeyPair } from './key-pairs.ts';
import { noteSecret } from './secrets.ts';

/** The people of scenario 05, and how they sign in in the flows. */
export const passwords = {
  eric: 'quartz-Meadow-17',
  amar: 'lantern-Fjord-28',
  brian: 'pebble-Orchid-39',
  alan: 'walnut-Breeze-40',
} as const;
export type UserName = keyof typeof passwords;

const roles: Readonly<Record<UserName, readonly string[]>> = { eric: ['all'], amar: ['AB'], brian: ['C'], alan: [] };

export interface PartnerFile {
  readonly file: string;
  readonly metadata: string;
  /** Further keys of the partner's entry in `gatehouse.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface HomeContent {
  readonly partners?: readonly PartnerFile[];
  readonly signingKey?: 'rsa' | 'ec';
  /** Further keys of `saml-idp`. */
  readonly samlIdp?: Readonly<Record<string, unknown>>;
  /** Further top-level keys. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export const idpDomain = {
  authentication: [
    {
      code: 'UsersRoles',
      flag: 'required',
      'module-options': {
        usersProperties: 'flow-users.properties',
        rolesProperties: 'flow-roles.properties',
        hashAlgorithm: 'SHA-256',
        hashEncoding: 'base64',
      },
    },
  ],
};

/** Writes a home that `gatehouse serve` takes as it is. */
export async function writeHome(home: string, content: HomeContent = {}): Promise<void> {
  for (const [name, password] of Object.entries(passwords)) noteSecret(`the password of ${name}`, password);
  const configuration = join(home, 'configuration');
  const keys = join(home, 'data', 'keys');
  await mkdir(configuration, { recursive: true, mode: 0o700 });
  await mkdir(keys, { recursive: true, mode: 0o700 });
  const type = content.signingKey ?? 'rsa';
  await makeKeyPair(keys, 'idp', { type });
  const partners = content.partners ?? [];
  for (const partner of partners) await writeFile(join(configuration, partner.file), partner.metadata);
  const digest = (password: string) => createHash('sha256').update(password).digest('base64');
  const users = Object.entries(passwords).map(([name, password]) => `${name}=${digest(password)}`);
  await writeFile(join(configuration, 'flow-users.properties'), `${users.join('\n')}\n`);
  const roleLines = Object.entries(roles).flatMap(([name, held]) =>
    held.length === 0 ? [] : [`${name}=${held.join(',')}`],
  );
  await writeFile(join(configuration, 'flow-roles.properties'), `${roleLines.join('\n')}\n`);
  const document = {
    'security-domains': { 'idp-domain': idpDomain },
    'saml-idp': {
      'security-domain': 'idp-domain',
      mechanisms: ['FORM'],
      ...(type === 'ec' ? { signing: { algorithm: 'ecdsa-sha256' } } : {}),
      partners: partners.map((partner) => ({ metadata: partner.file, ...partner.settings })),
      ...content.samlIdp,
    },
    ...content.configuration,
  };
  await writeFile(join(configuration, 'gatehouse.yaml'), stringify(document));
}
