/** @module SP-initiated single sign-on on a live session: the server's CPU for a signed response, and how long clients wait for it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type BareRoute, startBareRoute } from './bare-route.ts';
import { makeIdpHome, serviceProvider, useEcdsaKey } from './idp-home.ts';
import { type Absent, median, type Row, row } from './row.ts';
import { samlPeers } from './saml-peers.ts';
import { freshHome, type ServerProcess, startProcess } from './server-process.ts';
import { signIn } from './sign-in.ts';
import { type Load, loadPage, loadSso, percentile, responsePage, type SsoTarget } from './sso-load.ts';

const rounds = 7;
const perRound: Load = { connections: 16, count: 2000 };
/** V8 has compiled what is hot only after some thousands. */
const warmUp: Load = { connections: 16, count: 8000 };
const waits: readonly Load[] = [
  { connections: 8, count: 3000 },
  { connections: 32, count: 3000 },
];

export async function ssoOnLiveSession(): Promise<readonly (Row | Absent)[]> {
  const { home, remove } = await freshHome();
  try {
    const password = await makeIdpHome(home);
    const rsa = await measured(await startProcess(home), password, rsaRows);
    await useEcdsaKey(home);
    const ecdsa = await measured(await startProcess(home), password, ecdsaRows);
    return [...rsa, ...ecdsa, ...(await peerRows(rsa[0]?.ours ?? Number.NaN))];
  } finally {
    await remove();
  }
}

interface Measured {
  readonly server: ServerProcess;
  readonly target: SsoTarget;
  readonly bare: BareRoute;
}

async function measured(
  server: ServerProcess,
  password: string,
  rowsOf: (at: Measured) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  try {
    const target = await targetOf(server, password);
    const bare = await startBareRoute(await responsePage(target));
    try {
      await loadPage(bare.url, warmUp);
      await loadSso(target, warmUp);
      return await rowsOf({ server, target, bare });
    } finally {
      await bare.stop();
    }
  } finally {
    await server.stop();
  }
}

async function targetOf(server: ServerProcess, password: string): Promise<SsoTarget> {
  return {
    ...serviceProvider,
    ssoUrl: `${server.publicUrl.replace('localhost', '127.0.0.1')}/saml/idp/sso`,
    cookie: await signIn(server, password),
  };
}

async function rsaRows({ server, target, bare }: Measured): Promise<readonly Row[]> {
  const ours: number[] = [];
  const http: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    reference.push(await signatureMs());
    ours.push(await cpuPerAnswer(server, () => loadSso(target, perRound)));
    http.push(await cpuPerAnswer(bare, () => loadPage(bare.url, perRound)));
  }
  const signature = { reference: median(reference), referenceIs: 'one RSA-2048 signature (openssl speed)' };
  const unit = 'ms CPU per response';
  return [
    { name: 'saml-sso-live-session-rsa2048', ours: median(ours), ...signature, unit, target: '<= 1.4' },
    { name: 'saml-sso-http-alone', ours: median(http), ...signature, unit, target: 'reported: a bare Fastify route' },
    ...(await waitRows({ server, target, bare })),
  ].map(row);
}

/** Both by CPU and not by the clock: the clients have the same cores. */
async function ecdsaRows({ server, target, bare }: Measured): Promise<readonly Row[]> {
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    reference.push(1000 / (await cpuPerAnswer(bare, () => loadPage(bare.url, perRound))));
    ours.push(1000 / (await cpuPerAnswer(server, () => loadSso(target, perRound))));
  }
  return [
    row({
      name: 'saml-sso-live-session-ecdsa-p256',
      unit: 'responses per second of CPU',
      ours: median(ours),
      reference: median(reference),
      referenceIs: 'a bare Fastify route that returns the same bytes',
      target: '>= 0.5',
    }),
  ];
}

async function peerRows(ours: number): Promise<readonly (Row | Absent)[]> {
  return (await samlPeers()).map(({ name: peer, cpuMs }) => {
    const name = `saml-sso-next-to-${peer}`;
    if (cpuMs === undefined) return { name, absent: `${peer} is not installed` };
    const unit = 'ms CPU per response';
    return row({ name, unit, ours, reference: cpuMs, referenceIs: `${peer}, asked the same`, target: 'reported' });
  });
}

async function waitRows({ target, bare }: Measured) {
  const rows = [];
  for (const load of waits) {
    const reference = percentile(await loadPage(bare.url, load), 99);
    rows.push({
      name: `saml-sso-p99-${load.connections}-connections`,
      unit: 'ms',
      ours: percentile(await loadSso(target, load), 99),
      reference,
      referenceIs: 'a bare Fastify route that returns the same bytes',
      target: 'reported',
    });
  }
  return rows;
}

async function cpuPerAnswer(
  server: { cpuMs(): Promise<number> },
  load: () => Promise<readonly number[]>,
): Promise<number> {
  const before = await server.cpuMs();
  const { length } = await load();
  return ((await server.cpuMs()) - before) / length;
}

/** CPU of one signature, by the rate that OpenSSL itself reports for one thread. */
async function signatureMs(): Promise<number> {
  const { stdout } = await promisify(execFile)('openssl', ['speed', '-seconds', '1', 'rsa2048']);
  const perSecond = /rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)/.exec(stdout)?.[1];
  if (perSecond === undefined) throw new Error(`openssl speed said something else:\n${stdout}`);
  return 1000 / Number(perSecond);
}
