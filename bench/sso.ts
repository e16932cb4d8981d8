/** @module SP-initiated SSO on a live session: the server's CPU for one signed response, against one bare RSA-2048 signature. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { entityIdOf, originOf, type SampleApp, sampleApps } from '../samples/apps.ts';
import { median, type Row, row } from './row.ts';
import { freshHome, type ServerProcess, startProcess } from './server-process.ts';
import { signIn } from './sign-in.ts';

const rounds = 5;
const requestsPerRound = 2000;
const warmUpRequests = 3000;
const connections = 16;

/** Seconds of CPU of one signature, by the rate that OpenSSL itself reports for one thread. */
async function signatureMs(): Promise<number> {
  const { stdout } = await promisify(execFile)('openssl', ['speed', '-seconds', '1', 'rsa2048']);
  const perSecond = /rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)/.exec(stdout)?.[1];
  if (perSecond === undefined) throw new Error(`openssl speed said something else:\n${stdout}`);
  return 1000 / Number(perSecond);
}

export async function ssoOnLiveSession(): Promise<readonly Row[]> {
  const { home, remove } = await freshHome();
  const server = await startProcess(home, ['--samples']);
  try {
    const cookie = await signIn(server);
    const app = sampleApps(
      new URL(server.publicUrl).port === '' ? 0 : Number(new URL(server.publicUrl).port) - 8080,
    )[0];
    if (app === undefined) throw new Error('no sample application');
    await load(server, cookie, app, warmUpRequests);
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      reference.push(await signatureMs());
      const before = await server.cpuMs();
      await load(server, cookie, app, requestsPerRound);
      ours.push(((await server.cpuMs()) - before) / requestsPerRound);
    }
    return [
      row({
        name: 'saml-sso-live-session-rsa2048',
        unit: 'ms CPU per response',
        ours: median(ours),
        reference: median(reference),
        referenceIs: 'one RSA-2048 signature (openssl speed)',
        target: '<= 1.4',
      }),
    ];
  } finally {
    await server.stop();
    await remove();
  }
}

/** Every request has an ID of its own: a repeated one would be refused. */
async function load(server: ServerProcess, cookie: string, app: SampleApp, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const urls = Array.from({ length: count }, () => ssoUrl(server, app));
  let next = 0;
  const worker = async () => {
    for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
      const { status, body } = await get(url, cookie, agent);
      if (status !== 200 || !body.includes('name="SAMLResponse"')) throw new Error(`not answered: ${status}\n${body}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
}

function ssoUrl(server: ServerProcess, app: SampleApp): string {
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" AssertionConsumerServiceURL="${originOf(app)}/saml/acs"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${entityIdOf(app)}</saml:Issuer></samlp:AuthnRequest>`;
  const message = encodeURIComponent(deflateRawSync(xml).toString('base64'));
  return `${server.publicUrl.replace('localhost', '127.0.0.1')}/saml/idp/sso?SAMLRequest=${message}&RelayState=x`;
}

function get(url: string, cookie: string, agent: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { cookie } }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}
