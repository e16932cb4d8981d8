/** @module A Gatehouse whose applications sign people in at foreign SAML identity providers, with an application behind its gateway. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Echoed, startEchoApplication } from './echo-application.ts';
import { type Gatehouse, startGatehouse } from './gatehouse-process.ts';
import { createHttpClient, exchange, type HttpClient, type Reply } from './http-client.ts';
import { freePortOffset } from './ports.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface SamlApplications {
  /** Metadata of each identity provider, by its name in the configuration, and its further settings. */
  readonly providers: Readonly<
    Record<string, { readonly metadata: string; readonly settings?: Readonly<Record<string, unknown>> }>
  >;
  /** Applications by name, with their `saml-sp`. */
  readonly applications: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Further keys of `saml-sp`. */
  readonly samlSp?: Readonly<Record<string, unknown>>;
  /** The stack of login modules. */
  readonly authentication?: readonly unknown[];
  /** Further files of the configuration folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly mechanisms?: readonly unknown[];
}

export interface RunningSamlApplications extends AsyncDisposable {
  readonly gatehouse: Gatehouse;
  /** The page that is open to people with the role `all`. */
  pageOf(application: string): string;
  metadataOf(application: string): Promise<string>;
  stop(): Promise<void>;
}

export const samlStack = [
  {
    code: 'SAML2',
    flag: 'required',
    'module-options': { 'role-attribute': 'Role', 'password-stacking': 'useFirstPass' },
  },
];

export async function startSamlApplications(options: SamlApplications): Promise<RunningSamlApplications> {
  const folder = await makeTempFolder('saml-sp');
  const home = join(folder.path, 'var');
  const configuration = join(home, 'configuration');
  await mkdir(configuration, { recursive: true, mode: 0o700 });
  const behind = await startEchoApplication();
  for (const [name, { metadata }] of Object.entries(options.providers)) {
    await writeFile(join(configuration, `${name}.xml`), metadata);
  }
  for (const [name, text] of Object.entries(options.files ?? {})) await writeFile(join(configuration, name), text);
  const providers = Object.entries(options.providers).map(([name, { settings }]) => [
    name,
    { metadata: `${name}.xml`, ...settings },
  ]);
  const applications = Object.entries(options.applications).map(([name, samlSp]) => [
    name,
    {
      'security-domain': 'federated',
      mechanisms: options.mechanisms ?? ['SAML'],
      upstream: behind.origin,
      'saml-sp': samlSp,
      constraints: [
        { path: '/secure/*', roles: ['all', 'staff'] },
        { path: '/any/*', roles: ['**'] },
      ],
    },
  ]);
  await writeFile(
    join(configuration, 'gatehouse.yaml'),
    stringify({
      'security-domains': { federated: { authentication: options.authentication ?? samlStack } },
      'saml-sp': { ...options.samlSp, 'identity-providers': Object.fromEntries(providers) },
      applications: Object.fromEntries(applications),
    }),
  );
  const gatehouse = await startGatehouse({ home, portOffset: await freePortOffset() });
  const stop = async () => {
    await gatehouse.stop();
    await behind.stop();
    await folder.remove();
  };
  return {
    gatehouse,
    pageOf: (application) => `${gatehouse.publicUrl}/${application}/secure/page?a=b`,
    async metadataOf(application) {
      const reply = await exchange(`${gatehouse.publicUrl}/saml/sp/${application}/metadata`);
      if (reply.status !== 200) throw new Error(`no metadata: ${reply.status}\n${reply.text}`);
      return reply.text;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What the application behind was told of the person. */
export function toldOf(reply: Reply) {
  if (reply.status !== 200) throw new Error(`${reply.url} answered ${reply.status}\n${reply.text}`);
  const echoed: Echoed = JSON.parse(reply.text);
  return { url: echoed.url, user: echoed.headers['x-remote-user'], roles: echoed.headers['x-remote-roles'] };
}

/** Opens a page, signs in at SimpleSAMLphp, and stops at the page that posts the answer. */
export async function answerFor(
  url: string,
  who: { readonly name: string; readonly password: string },
  client: HttpClient = createHttpClient(),
): Promise<{ readonly client: HttpClient; readonly page: Reply }> {
  const form = await client.open(url);
  const page = await client.submit(form, { username: who.name, password: who.password });
  return { client, page };
}
