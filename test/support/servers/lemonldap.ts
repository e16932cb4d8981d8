/** @module Debian's LemonLDAP::NG portal under plackup: a SAML identity provider with the accounts of its demonstration, or a service provider. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningProgram, startProgram } from '../child-process.ts';
import { exchange } from '../http-client.ts';
import { makeKeyPair } from '../key-pairs.ts';
import { poll } from '../poll.ts';
import { makeTempFolder } from '../temp-folder.ts';
import { freePort } from './server-process.ts';

export interface LemonldapOptions {
  /** `127.0.0.1`, or a name under `localhost`, which only browsers resolve: it takes nothing over SOAP then. */
  readonly hostName: string;
  readonly role: 'idp' | 'sp';
}

export interface LemonldapPartner {
  readonly metadata: string;
  /** Settings `saml…MetaDataOptions…` by what follows that prefix. */
  readonly options?: Readonly<Record<string, string | number>>;
}

export interface Lemonldap {
  /** The portal's address, without a slash at its end. */
  readonly origin: string;
  readonly entityId: string;
  /** Name and password are the same (fields `user` and `password`). */
  readonly users: readonly ['rtyler', 'msmith', 'dwho'];
  metadata(): Promise<string>;
  /** Takes these partners and no others. It reads its configuration once, so it is started anew. */
  trust(partners: Readonly<Record<string, LemonldapPartner>>): Promise<void>;
  /** Sends the user to a partner with an answer that nobody asked for. */
  startAt(partnerEntityId: string): string;
  log(): string;
  stop(): Promise<void>;
}

const application = fileURLToPath(new URL('lemonldap/app.psgi', import.meta.url));

export async function startLemonldap({ hostName, role }: LemonldapOptions): Promise<Lemonldap> {
  const folder = await makeTempFolder('lemonldap');
  const port = await freePort();
  const origin = `http://${hostName}:${port}`;
  for (const name of ['cache', 'conf', 'psessions', 'sessions', 'locks'])
    await mkdir(join(folder.path, name, 'lock'), { recursive: true });
  const keys = await makeKeyPair(folder.path, 'lemonldap');
  const own = { samlServicePrivateKeySig: keys.keyPem, samlServicePublicKeySig: keys.certificatePem };
  await writeFile(join(folder.path, 'lemonldap-ng.ini'), settingsOf(folder.path));
  const logs: string[] = [];
  let running: RunningProgram | undefined;
  const stopProgram = async () => {
    await running?.stop();
    logs.push(running?.output() ?? '');
    running = undefined;
  };
  const log = () => `${logs.join('')}${running?.output() ?? ''}`;
  const start = async (partners: Readonly<Record<string, LemonldapPartner>>) => {
    const configuration = { ...configurationOf(folder.path, `${origin}/`, hostName, role, partners), ...own };
    await writeFile(join(folder.path, 'conf', 'lmConf-1.json'), JSON.stringify(configuration));
    const env = { ...process.env, LLNG_DEFAULTCONFFILE: join(folder.path, 'lemonldap-ng.ini') };
    const program = startProgram(
      '/usr/bin/plackup',
      ['-E', 'deployment', '--host', '127.0.0.1', '--port', `${port}`, application],
      { env },
    );
    running = program;
    await poll(
      async () => {
        if (program.hasExited() || program.output().includes('Initialization failed'))
          throw new Error(`lemonldap-ng ended:\n${log()}`);
        const reply = await exchange(`${origin}/saml/metadata/${role}`).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ECONNREFUSED' && error.code !== 'ECONNRESET') throw error;
          return undefined;
        });
        return reply?.status === 200 ? true : undefined;
      },
      () => `lemonldap-ng did not answer:\n${log()}`,
    );
  };
  const stop = async () => {
    await stopProgram();
    await folder.remove();
  };
  try {
    await start({});
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    entityId: `${origin}/saml/metadata`,
    users: ['rtyler', 'msmith', 'dwho'],
    metadata: async () => (await exchange(`${origin}/saml/metadata/${role}`)).text,
    async trust(partners) {
      await stopProgram();
      await start(partners);
    },
    startAt: (partner) => `${origin}/saml/singleSignOn?IDPInitiated=1&sp=${encodeURIComponent(partner)}`,
    log,
    stop,
  };
}

function settingsOf(folder: string): string {
  const cache = `{'namespace'=>'conf','default_expires_in'=>600,'directory_umask'=>'007','cache_root'=>'${folder}/cache','cache_depth'=>3}`;
  return `[all]
logLevel = notice
logger = Lemonldap::NG::Common::Logger::Std
userLogger = Lemonldap::NG::Common::Logger::Std
checkTime = 1
[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = ${cache}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
`;
}

function configurationOf(
  folder: string,
  portal: string,
  domain: string,
  role: LemonldapOptions['role'],
  partners: Readonly<Record<string, LemonldapPartner>>,
) {
  const kind = role === 'idp' ? 'SP' : 'IDP';
  const sessions = (name: string) => ({ Directory: `${folder}/${name}`, LockDirectory: `${folder}/${name}/lock` });
  const each = <T>(of: (partner: LemonldapPartner) => T) =>
    Object.fromEntries(Object.entries(partners).map(([name, partner]) => [name, of(partner)]));
  const prefix = `saml${kind}MetaData`;
  const attribute = (name: string) =>
    `${role === 'idp' ? 1 : 0};${name};urn:oasis:names:tc:SAML:2.0:attrname-format:basic;${name}`;
  return {
    cfgNum: 1,
    cfgAuthor: 'test',
    cfgDate: 1,
    cfgVersion: '2.16.1',
    key: 'only-for-the-tests-0123456789abc',
    portal,
    domain,
    cookieName: 'lemonldap',
    // Secure: it marks its cookie SameSite=None, which browsers keep only then.
    securedCookie: 1,
    authentication: role === 'idp' ? 'Demo' : 'SAML',
    userDB: 'Same',
    passwordDB: role === 'idp' ? 'Demo' : 'Null',
    registerDB: 'Null',
    demoExportedVars: { uid: 'uid', cn: 'cn', mail: 'mail' },
    exportedVars: {},
    locationRules: { [domain]: { default: 'accept' } },
    exportedHeaders: {},
    groups: {},
    applicationList: {},
    macros: { _whatToTrace: '$_user', ...(role === 'idp' ? { Role: '$uid eq "dwho" ? "all; staff" : "AB"' } : {}) },
    requireToken: 0,
    captcha: '::Captcha::None',
    portalDisplayRegister: 0,
    portalDisplayResetPassword: 0,
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: sessions('sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: sessions('psessions'),
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: {
      namespace: 'sessions',
      default_expires_in: 600,
      cache_root: `${folder}/cache`,
      cache_depth: 3,
    },
    issuerDBSAMLActivation: role === 'idp' ? 1 : 0,
    issuerDBSAMLPath: '^/saml/',
    issuerDBSAMLRule: 1,
    samlOrganizationName: 'Example',
    samlOrganizationDisplayName: 'Example',
    samlOrganizationURL: 'http://www.example.org/',
    [`${prefix}XML`]: each(({ metadata }) => ({ [`${prefix}XML`]: metadata })),
    [`${prefix}ExportedAttributes`]: each(() => ({
      uid: attribute('uid'),
      mail: attribute('mail'),
      Role: attribute('Role'),
    })),
    [`${prefix}Options`]: each(({ options = {} }) =>
      Object.fromEntries(Object.entries(options).map(([name, value]) => [`${prefix}Options${name}`, value])),
    ),
  };
}
