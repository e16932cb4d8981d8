/** @module Accepting Kerberos tickets, against Apache with mod_auth_gssapi on the same tokens; and the largest token that there can be. */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import type { KerberosAcceptor } from '../src/spi/kerberos-acceptor.ts';
import { Secret } from '../src/spi/secret.ts';
import { encryptionType } from '../src/wire/kerberos/encryption-types.ts';
import { createKerberosKey } from '../src/wire/kerberos/key.ts';
import { startProgram } from '../test/support/child-process.ts';
import { writeKeytab } from '../test/support/keytab.ts';
import { authorizationDataOf, writePac } from '../test/support/minted-pac.ts';
import { bareToken, mint, spnegoInit } from '../test/support/minted-ticket.ts';
import { negotiateTokens } from '../test/support/negotiate-tokens.ts';
import { openOwnAcceptor } from '../test/support/own-acceptor.ts';
import { startKdc } from '../test/support/servers/kdc.ts';
import { freePort } from '../test/support/servers/server-process.ts';
import { makeTempFolder } from '../test/support/temp-folder.ts';
import { median, type Row, row } from './row.ts';
import { cpuMsOf } from './server-process.ts';
import { startApache } from './spnego-apache.ts';

const warmUp = 10_000;
const perRound = 2000;
const rounds = 5;
const connections = 16;
/** Windows logs nobody on who is in more. */
const mostGroups = 1015;
const password = 'bench-secret-11c0';

export async function spnego(): Promise<readonly Row[]> {
  return [...(await againstApache()), await largestToken()];
}

async function againstApache(): Promise<readonly Row[]> {
  const kdc = await startKdc();
  try {
    kdc.addPerson('hnelson', password);
    const keytab = kdc.addService('HTTP/localhost', 'http.keytab');
    const tickets = kdc.login('hnelson', password);
    const [ourPort, apachePort] = [await freePort(), await freePort()];
    const ours = startProgram(process.execPath, [join(import.meta.dirname, 'spnego-server.ts'), keytab, `${ourPort}`]);
    const apache = await startApache(keytab, kdc.environment, apachePort);
    try {
      await Promise.all([untilAnswered(ourPort), untilAnswered(apachePort)]);
      // Each server has a memory of its own for what it has seen: both take the same tokens.
      const fresh = (count: number) => negotiateTokens({ kdc, tickets, count });
      const first = fresh(warmUp);
      await spend(ourPort, first);
      await spend(apachePort, first);
      await spend(apachePort, first, '/open/');
      const acceptor = await openOwnAcceptor({ keytabs: [keytab] });
      await acceptAll(acceptor, first);
      const request: Figures = { ours: [], reference: [] };
      const accept: Figures = { ours: [], reference: [] };
      for (let round = 0; round < rounds; round += 1) {
        const tokens = fresh(perRound);
        const theirs = await cpuUsOf(apache.program.child.pid, () => spend(apachePort, tokens));
        request.reference.push(theirs);
        const bare = await cpuUsOf(apache.program.child.pid, () => spend(apachePort, tokens, '/open/'));
        accept.reference.push(theirs - bare);
        request.ours.push(await cpuUsOf(ours.child.pid, () => spend(ourPort, tokens)));
        const before = process.cpuUsage();
        await acceptAll(acceptor, tokens);
        const { user, system } = process.cpuUsage(before);
        accept.ours.push((user + system) / perRound);
      }
      await acceptor.close();
      const of = ({ ours: our, reference }: Figures) => ({ ours: median(our), reference: median(reference) });
      return [
        row({
          ...{ name: 'spnego-accept', unit: 'us of CPU per accept, without HTTP', target: '<= 0.5' },
          ...of(accept),
          referenceIs: 'Apache with mod_auth_gssapi, the same tokens, less what it needs for a request without one',
        }),
        row({
          ...{ name: 'spnego-request', unit: 'us of CPU per request, HTTP and all', target: 'reported' },
          ...of(request),
          referenceIs: 'Apache with mod_auth_gssapi, the same tokens',
        }),
      ];
    } finally {
      await ours.stop();
      await apache.stop();
    }
  } finally {
    await kdc.close();
  }
}

interface Figures {
  readonly ours: number[];
  readonly reference: number[];
}

async function acceptAll(acceptor: KerberosAcceptor, tokens: readonly Buffer[]): Promise<void> {
  const patient = new AbortController().signal;
  for (const token of tokens) {
    const { status } = await acceptor.accept({ token }, patient);
    if (status !== 'accepted') throw new Error(`a token was ${status}`);
  }
}

/** Of `perRound` requests. */
async function cpuUsOf(pid: number | undefined, work: () => Promise<void>): Promise<number> {
  const before = await treeCpuMs(pid ?? 0);
  await work();
  return ((await treeCpuMs(pid ?? 0)) - before) * (1000 / perRound);
}

async function treeCpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const children = text.split(' ').filter((word) => word.trim() !== '');
  const all = await Promise.all(children.map((child) => treeCpuMs(Number(child))));
  return all.reduce((sum, ms) => sum + ms, await cpuMsOf(pid));
}

/** Every token once. @throws Error when one is not accepted */
async function spend(port: number, tokens: readonly Buffer[], path = '/'): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const queue = tokens.values();
  const worker = async () => {
    for (const token of queue) {
      const status = await statusOf(port, agent, path, { authorization: `Negotiate ${token.toString('base64')}` });
      if (status !== 200) throw new Error(`a token was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

function statusOf(port: number, agent: Agent, path = '/', headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent, headers: { host: 'localhost', ...headers } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });
}

async function untilAnswered(port: number): Promise<void> {
  const agent = new Agent();
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const status = await statusOf(port, agent).catch(() => 0);
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('a server did not answer');
}

/** Nothing else runs in the process while one is accepted: the store's answer comes after it. */
async function largestToken(): Promise<Row> {
  const folder = await makeTempFolder('bench');
  try {
    const bytes = randomBytes(32);
    const keytab = join(folder.path, 'http.keytab');
    const principal = 'HTTP/localhost@EXAMPLE.COM';
    await writeFile(keytab, writeKeytab([{ principal, kvno: 2, encryptionType: 18, bytes }]));
    const key = createKerberosKey(encryptionType(18) ?? absent(), new Secret(bytes));
    const acceptor = await openOwnAcceptor({ keytabs: [keytab] });
    const patient = new AbortController().signal;
    const took: number[] = [];
    for (let index = 0; index < 1000; index += 1) {
      const now = Date.now();
      const groups = Array.from({ length: 500 }, (_, rid) => ({ rid }));
      const extra = Array.from({ length: 515 }, (_, rid) => ({ sid: [5, 21, 7, 8, 9, rid] }));
      const authenticatedAt = Math.floor((now - 60_000) / 1000) * 1000;
      const pac = writePac({ authenticatedAt, groups, extra }, key);
      const { message } = mint({ now, serviceKey: bytes, authorizationData: authorizationDataOf(pac) });
      const token = spnegoInit({ token: bareToken(message) });
      const before = performance.now();
      const verdict = await acceptor.accept({ token }, patient);
      took.push(performance.now() - before);
      if (verdict.status !== 'accepted' || verdict.groupSids?.length !== mostGroups) throw new Error('not accepted');
    }
    await acceptor.close();
    return row({
      name: 'spnego-largest-token',
      unit: 'ms on the event loop, 1,015 groups',
      ...{ ours: median(took.slice(500)), reference: 1, referenceIs: '1 ms', target: '<= 1' },
    });
  } finally {
    await folder.remove();
  }
}

function absent(): never {
  throw new Error('there is no such type');
}
