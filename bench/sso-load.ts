/** @module The clients of the single sign-on benchmarks: so many connections, each asking again as soon as it is answered. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { deflateRawSync } from 'node:zlib';

/** Where requests go, and whose they are. */
export interface SsoTarget {
  /** The single sign-on service of the identity provider (HTTP-Redirect). */
  readonly ssoUrl: string;
  /** entityID of the service provider. */
  readonly sp: string;
  readonly acsUrl: string;
  /** The session, as a `Cookie` header. */
  readonly cookie: string;
  /** Where the address is not its name. */
  readonly host?: string;
}

export interface Load {
  readonly connections: number;
  readonly count: number;
}

/** Every request has an ID of its own: a repeated one would be refused. */
export function authnRequestUrl({ ssoUrl, sp, acsUrl }: SsoTarget): string {
  const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" IssueInstant="${new Date().toISOString()}" AssertionConsumerServiceURL="${acsUrl}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${sp}</saml:Issuer></samlp:AuthnRequest>`;
  return `${ssoUrl}?SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}&RelayState=x`;
}

/** One page that carries a response. @throws when it is not one */
export async function responsePage(target: SsoTarget): Promise<string> {
  const agent = new Agent();
  const page = await get(authnRequestUrl(target), target, agent);
  agent.destroy();
  return page;
}

/** Milliseconds that each answer took, as a client saw it. Requests are made before the first is sent. */
export function loadSso(target: SsoTarget, { connections, count }: Load): Promise<readonly number[]> {
  const urls = Array.from({ length: count }, () => authnRequestUrl(target));
  return loadUrls(urls, connections, async (url, agent) => {
    const body = await get(url, target, agent);
    if (!body.includes('name="SAMLResponse"')) throw new Error(`no response in the answer:\n${body}`);
  });
}

/** The same of one page that never changes. */
export function loadPage(url: string, { connections, count }: Load): Promise<readonly number[]> {
  const urls = Array.from({ length: count }, () => url);
  return loadUrls(urls, connections, async (each, agent) => {
    await get(each, { cookie: '' }, agent);
  });
}

async function loadUrls(
  urls: readonly string[],
  connections: number,
  ask: (url: string, agent: Agent) => Promise<void>,
): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const took: number[] = [];
  let next = 0;
  const client = async () => {
    for (let url = urls[next++]; url !== undefined; url = urls[next++]) {
      const begun = performance.now();
      await ask(url, agent);
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  return took;
}

function get(url: string, { cookie, host }: Pick<SsoTarget, 'cookie' | 'host'>, agent: Agent): Promise<string> {
  const headers = { cookie, ...(host === undefined ? {} : { host }) };
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`not answered: ${response.statusCode}\n${body}`));
      });
    })
      .on('error', reject)
      .end();
  });
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], of: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * of) / 100) - 1)] ?? Number.NaN;
}
