/** @module The same single sign-on at identity providers of others, where they are installed: their CPU for a signed response. */
import { existsSync, readFileSync } from 'node:fs';
import { createHttpClient, type HttpClient } from '../test/support/http-client.ts';
import { startLemonldap } from '../test/support/servers/lemonldap.ts';
import { startSimpleSamlPhp } from '../test/support/servers/simplesamlphp.ts';
import { serviceProvider, serviceProviderMetadata } from './idp-home.ts';
import { median } from './row.ts';
import { cpuMsOf } from './server-process.ts';
import { authnRequestUrl, type Load, loadSso, type SsoTarget } from './sso-load.ts';

export interface PeerFigure {
  readonly name: string;
  /** Median; `undefined` where it is not installed. */
  readonly cpuMs: number | undefined;
}

interface Peer {
  readonly name: string;
  /** Of its Debian package. */
  readonly file: string;
  readonly start: (serviceProvider: string) => Promise<RunningPeer>;
}

interface RunningPeer {
  readonly origin: string;
  readonly ssoUrl: string;
  /** What is filled into its sign-in form. */
  readonly login: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  stop(): Promise<void>;
}

/** They answer one at a time, some tens a second. */
const warmUp: Load = { connections: 1, count: 30 };
const perRound: Load = { connections: 1, count: 60 };
const rounds = 5;

const peers: readonly Peer[] = [
  {
    name: 'simplesamlphp',
    file: '/usr/share/simplesamlphp/www/index.php',
    async start(serviceProvider) {
      const settings = { 'saml20.sign.assertion': true, 'saml20.sign.response': false };
      const php = await startSimpleSamlPhp({ hostName: 'php.localhost', idp: settings });
      await php.trust('bench', serviceProvider);
      return {
        origin: php.origin,
        ssoUrl: `${php.origin}/saml2/idp/SSOService.php`,
        login: { username: 'eric', password: php.users.eric.password },
        cookies: ['SimpleSAMLSessionID', 'SimpleSAMLAuthToken'],
        stop: () => php.stop(),
      };
    },
  },
  {
    name: 'lemonldap-ng',
    file: '/usr/share/lemonldap-ng/portal/htdocs/index.psgi',
    async start(serviceProvider) {
      const portal = await startLemonldap({ hostName: 'lemonldap.localhost', role: 'idp' });
      const options = { SignSSOMessage: 1, CheckSSOMessageSignature: 0 };
      await portal.trust({ bench: { metadata: serviceProvider, options } });
      return {
        origin: portal.origin,
        ssoUrl: `${portal.origin}/saml/singleSignOn`,
        login: { user: 'dwho', password: 'dwho' },
        cookies: ['lemonldap'],
        stop: () => portal.stop(),
      };
    },
  },
];

export async function samlPeers(): Promise<readonly PeerFigure[]> {
  const figures: PeerFigure[] = [];
  for (const { name, file, start } of peers) {
    if (!existsSync(file)) {
      figures.push({ name, cpuMs: undefined });
      continue;
    }
    const running = await start(serviceProviderMetadata);
    try {
      figures.push({ name, cpuMs: await cpuPerResponse(running) });
    } finally {
      await running.stop();
    }
  }
  return figures;
}

async function cpuPerResponse(peer: RunningPeer): Promise<number> {
  const { hostname, host } = new URL(peer.origin);
  const client = createHttpClient();
  const target = { ...serviceProvider, host, ssoUrl: peer.ssoUrl };
  await signIn(client, authnRequestUrl({ ...target, cookie: '' }), peer.login);
  const cookie = peer.cookies.map((name) => `${name}=${client.cookie(hostname, name)}`).join('; ');
  const loopback: SsoTarget = { ...target, cookie, ssoUrl: peer.ssoUrl.replace(hostname, '127.0.0.1') };
  await loadSso(loopback, warmUp);
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = await cpuMsBelow(process.pid);
    await loadSso(loopback, perRound);
    took.push(((await cpuMsBelow(process.pid)) - before) / perRound.count);
  }
  return median(took);
}

async function signIn(client: HttpClient, url: string, login: RunningPeer['login']): Promise<void> {
  const form = await client.open(url);
  const answer = await client.submit(form, login);
  const location = answer.headers.location;
  const last = location === undefined ? answer : await client.open(new URL(location, answer.url).href);
  if (!last.text.includes('SAMLResponse')) throw new Error(`no response after the sign-in:\n${last.text}`);
}

/** Of every process below this one: nothing else runs meanwhile. */
async function cpuMsBelow(pid: number): Promise<number> {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  const each = await Promise.all(children.map(async (child) => (await cpuMsOf(child)) + (await cpuMsBelow(child))));
  return each.reduce((sum, ms) => sum + ms, 0);
}
