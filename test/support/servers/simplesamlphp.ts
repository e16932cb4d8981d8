/** @module Debian's SimpleSAMLphp under PHP's own web server: an identity provider with users, or service providers, on a host name of its own. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exchange } from '../http-client.ts';
import { makeKeyPair } from '../key-pairs.ts';
import { noteSecret } from '../secrets.ts';
import { makeTempFolder } from '../temp-folder.ts';
import { freePort, startServerProcess } from './server-process.ts';

/** A PHP value of a configuration file. */
export type PhpValue = string | number | boolean | readonly PhpValue[] | { readonly [key: string]: PhpValue };

export interface SimpleSamlPhpOptions {
  /** A name under `localhost`: the cookies of two servers stay apart. */
  readonly hostName: string;
  /** Entries of `saml20-idp-hosted` beside the necessary ones. Left out: it is no identity provider. */
  readonly idp?: { readonly [key: string]: PhpValue };
  /** Authentication sources `saml:SP` by name, with their settings beside the necessary ones; `idp` comes with `trust`. */
  readonly serviceProviders?: Readonly<Record<string, { readonly [key: string]: PhpValue }>>;
}

export interface SimpleSamlPhp {
  readonly origin: string;
  /** Of the identity provider; also the address of its metadata. */
  readonly entityId: string;
  /** Its users sign in with these passwords, in fields named `username` and `password`. */
  readonly users: typeof simpleSamlPhpUsers;
  /** The identity provider's metadata, or that of the service provider of that name. */
  metadata(serviceProvider?: string): Promise<string>;
  /** Its entityID, which is also the address of its metadata. */
  serviceProvider(name: string): string;
  /** Takes the partner with this metadata; what was taken under that name before is gone. */
  trust(name: string, metadata: string): Promise<void>;
  /** `…/saml2/idp/SSOService.php?spentityid=`: sends the user there with an answer that nobody asked for. */
  startAt(serviceProviderEntityId: string): string;
  log(): Promise<string>;
  stop(): Promise<void>;
}

export const simpleSamlPhpUsers = {
  eric: {
    password: 'harbor-Saffron-61',
    attributes: { uid: ['eric'], mail: ['eric@example.org'], Role: ['all', 'staff'] },
  },
  amar: { password: 'meteor-Walrus-72', attributes: { uid: ['amar'], mail: ['amar@example.org'], Role: ['AB'] } },
  alan: { password: 'copper-Thicket-83', attributes: { uid: ['alan'], mail: ['alan@example.org'] } },
} as const;

const documentRoot = '/usr/share/simplesamlphp/www';
const router = fileURLToPath(new URL('simplesamlphp/router.php', import.meta.url));

export async function startSimpleSamlPhp(options: SimpleSamlPhpOptions): Promise<SimpleSamlPhp> {
  const folder = await makeTempFolder('simplesamlphp');
  const port = await freePort();
  const origin = `http://${options.hostName}:${port}`;
  const entityId = `${origin}/saml2/idp/metadata.php`;
  const spEntityId = (name: string) => `${origin}/module.php/saml/sp/metadata.php/${name}`;
  for (const name of ['cert', 'data', 'log', 'metadata', 'partners', 'tmp']) await mkdir(join(folder.path, name));
  await makeKeyPair(join(folder.path, 'cert'), 'own', { hostName: options.hostName });
  for (const { password } of Object.values(simpleSamlPhpUsers)) noteSecret('a password at SimpleSAMLphp', password);
  const files = {
    'config.php': configurationOf(folder.path, options.idp !== undefined),
    'authsources.php': `<?php\n$config = ${php(authSourcesOf(options, spEntityId))};\n`,
    'metadata/saml20-idp-hosted.php': hostedOf(entityId, options.idp),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const php8 = [
    '-d',
    'opcache.enable_cli=1',
    '-d',
    'opcache.revalidate_freq=0',
    '-d',
    `session.save_path=${folder.path}/tmp`,
  ];
  const running = await startServerProcess({
    file: '/usr/bin/env',
    args: [
      `SIMPLESAMLPHP_CONFIG_DIR=${folder.path}`,
      '/usr/bin/php',
      ...php8,
      '-S',
      `127.0.0.1:${port}`,
      '-t',
      documentRoot,
      router,
    ],
    account: {},
    cwd: folder.path,
    ready: /Development Server .* started/,
    stopSignal: 'SIGTERM',
  });
  const log = () => readFile(join(folder.path, 'log', 'simplesamlphp.log'), 'utf8').catch(() => '');
  return {
    origin,
    entityId,
    users: simpleSamlPhpUsers,
    serviceProvider: spEntityId,
    async metadata(name) {
      const reply = await exchange(name === undefined ? entityId : spEntityId(name));
      if (reply.status !== 200) throw new Error(`no metadata: ${reply.status}\n${await log()}`);
      return reply.text;
    },
    trust: (name, metadata) => writeFile(join(folder.path, 'partners', `${name}.xml`), metadata),
    startAt: (sp) => `${origin}/saml2/idp/SSOService.php?spentityid=${encodeURIComponent(sp)}`,
    log,
    async stop() {
      await running.stop();
      await folder.remove();
    },
  };
}

/** Read anew with each request, so a partner counts as soon as its file is there. */
function configurationOf(folder: string, isIdp: boolean): string {
  const settings: PhpValue = {
    baseurlpath: '/',
    certdir: `${folder}/cert/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: `${folder}/tmp`,
    metadatadir: `${folder}/metadata/`,
    timezone: 'UTC',
    secretsalt: 'only-for-tests',
    'auth.adminpassword': 'nobody-signs-in-with-it',
    'logging.handler': 'file',
    'logging.logfile': 'simplesamlphp.log',
    // Information, in the numbers of syslog.
    'logging.level': 6,
    'enable.saml20-idp': isIdp,
    'module.enable': { exampleauth: true, core: true, saml: true },
    // SameSite=None needs Secure, which it refuses on plain HTTP. Without it Chromium sends a new cookie with a POST too.
    'session.cookie.secure': false,
    'store.type': 'sql',
    'store.sql.dsn': `sqlite:${folder}/data/store.sq3`,
    'language.default': 'en',
    production: true,
    'authproc.idp': {},
    'authproc.sp': {},
  };
  return `<?php
$config = ${php(settings)};
$config['session.cookie.samesite'] = null;
$config['metadata.sources'] = [['type' => 'flatfile']];
foreach (glob(__DIR__ . '/partners/*.xml') as $file) {
    $config['metadata.sources'][] = ['type' => 'xml', 'file' => $file];
}
`;
}

function authSourcesOf(
  { serviceProviders = {} }: SimpleSamlPhpOptions,
  entityIdOf: (name: string) => string,
): PhpValue {
  const users = Object.entries(simpleSamlPhpUsers).map(([name, { password, attributes }]) => [
    `${name}:${password}`,
    attributes,
  ]);
  const keys = { privatekey: 'own.key', certificate: 'own.crt' };
  const sources = Object.entries(serviceProviders).map(([name, settings]) => [
    name,
    { 0: 'saml:SP', entityID: entityIdOf(name), ...keys, ...settings },
  ]);
  return {
    admin: ['core:AdminPassword'],
    users: { 0: 'exampleauth:UserPass', ...Object.fromEntries(users) },
    ...Object.fromEntries(sources),
  };
}

function hostedOf(entityId: string, idp: SimpleSamlPhpOptions['idp'] = {}): string {
  const format = (name: string) => `urn:oasis:names:tc:SAML:${name}`;
  const settings: PhpValue = {
    host: '__DEFAULT__',
    privatekey: 'own.key',
    certificate: 'own.crt',
    auth: 'users',
    'attributes.NameFormat': format('2.0:attrname-format:basic'),
    NameIDFormat: [format('1.1:nameid-format:unspecified'), format('2.0:nameid-format:persistent')],
    authproc: {
      1: { class: 'saml:AttributeNameID', attribute: 'uid', Format: format('1.1:nameid-format:unspecified') },
      2: { class: 'saml:AttributeNameID', attribute: 'mail', Format: format('1.1:nameid-format:emailAddress') },
      3: { class: 'saml:PersistentNameID', attribute: 'uid' },
    },
    'sign.logout': true,
    'validate.logout': true,
    ...idp,
  };
  return `<?php\n$metadata[${php(entityId)}] = ${php(settings)};\n`;
}

function isList(value: PhpValue): value is readonly PhpValue[] {
  return Array.isArray(value);
}

function php(value: PhpValue): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(php).join(', ')}]`;
  const key = (name: string) => (/^\d+$/.test(name) ? name : php(name));
  return `[${Object.entries(value)
    .map(([name, one]) => `${key(name)} => ${php(one)}`)
    .join(', ')}]`;
}
