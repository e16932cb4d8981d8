/** @module A gateway that listens on loopback, an application behind it, and a client that sends bytes as they are. */
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createMemorySsoStore } from '../../../src/adapters/memory-sso-store.ts';
import { systemTimers } from '../../../src/adapters/system-clock.ts';
import { createAuditTrail } from '../../../src/engine/audit-trail.ts';
import { type AuthorizationStack, createAuthorizationStack } from '../../../src/engine/authorization-stack.ts';
import { createFirstLegs } from '../../../src/engine/first-legs.ts';
import { createMechanismStack, type MechanismEntry } from '../../../src/engine/mechanism-stack.ts';
import { createPendingLogins } from '../../../src/engine/pending-logins.ts';
import { createSsoSessions } from '../../../src/engine/sso-sessions.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import { createBrowserKey } from '../../../src/http/browser-key.ts';
import { createOpaqueCookie } from '../../../src/http/cookies.ts';
import { createLiveSessions } from '../../../src/http/live-session.ts';
import { createParking } from '../../../src/http/parking.ts';
import { createProbeMemory } from '../../../src/http/probe-memory.ts';
import type { UpstreamLimits } from '../../../src/http/upstream.ts';
import { basic } from '../../../src/plugins/mechanisms/basic.ts';
import { form } from '../../../src/plugins/mechanisms/form.ts';
import type { GatewayApplication } from '../../../src/protocols/gateway/application.ts';
import { mountGateway } from '../../../src/protocols/gateway/endpoints.ts';
import { mountLoginEndpoint } from '../../../src/protocols/login/login-endpoint.ts';
import type { AuditEvent } from '../../../src/spi/audit.ts';
import type { HttpMechanism } from '../../../src/spi/http-mechanism.ts';
import { Secret } from '../../../src/spi/secret.ts';
import type { LoginResult, SecurityDomain } from '../../../src/spi/security-domain.ts';
import { decisionTrace } from '../../support/decision-trace.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

export const ssoCookie = 'GATEHOUSE_SSO';
export const deniedDecision = '01DENIED000000000000000000';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the application behind saw of a request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** Lets in everybody whose password is `right`, with the role AB; `away` means that nobody can be asked. */
function createPasswordDomain(name: string): SecurityDomain {
  return {
    name,
    async login(evidence): Promise<LoginResult> {
      if (evidence.kind !== 'password') throw new Error('unexpected evidence');
      const password = evidence.password.reveal();
      const unavailable = password === 'away';
      if (password !== 'right') {
        const reason = unavailable ? 'unavailable' : 'rejected';
        return { status: 'denied', reason, trace: decisionTrace({ domain: name, id: deniedDecision }) };
      }
      const callerPrincipal = { name: evidence.username, type: 'user' } as const;
      const subject = { callerPrincipal, principals: [callerPrincipal], roles: ['AB'], groups: {}, attributes: {} };
      return {
        status: 'authenticated',
        subject,
        replies: [],
        trace: decisionTrace({ domain: name, id: '01GRANTED00000000000000000' }),
      };
    },
    close: async () => undefined,
  };
}

export interface FixtureOptions {
  readonly application?: Partial<GatewayApplication>;
  readonly mechanisms?: readonly ('FORM' | 'BASIC')[];
  readonly entries?: (
    mechanisms: { readonly FORM: HttpMechanism; readonly BASIC: HttpMechanism },
    domain: SecurityDomain,
  ) => readonly MechanismEntry[];
  /** Default: permits everything. */
  readonly authorization?: AuthorizationStack;
  readonly behind?: RequestListener;
  readonly limits?: UpstreamLimits;
  readonly httpsOrigin?: string;
}

const permitAll = createAuthorizationStack({
  modules: [
    { code: 'PermitAll', flag: 'required', module: { authorize: async () => ({ decision: 'permit', reason: 'all' }) } },
  ],
  timers: systemTimers,
  deadlineMs: 5000,
});

export type Fixture = Awaited<ReturnType<typeof startGateway>>;

/** A gateway for one test, closed when it has finished. */
export async function start(options?: FixtureOptions): Promise<Fixture> {
  const gateway = await startGateway(options);
  onTestFinished(() => gateway.close());
  return gateway;
}

async function startGateway(options: FixtureOptions = {}) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const events: AuditEvent[] = [];
  const audit = createAuditTrail({
    providers: [{ record: async (event) => void events.push(event), close: async () => undefined }],
    node: 'test',
    clock,
    random,
  });
  const store = createMemorySsoStore({ clock });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 60_000, lifetimeMs: 600_000 });
  const ephemeral = createMemoryEphemeralStore({ clock });
  const pendingLogins = createPendingLogins({
    key: new Secret(new Uint8Array(32)),
    store: ephemeral,
    clock,
    random,
    ttlMs: 60_000,
  });
  const firstLegs = createFirstLegs({ key: new Secret(new Uint8Array(32)), clock, random });
  const domains = new Map(['other', 'foreign'].map((name) => [name, createPasswordDomain(name)]));
  const services = mechanismServices();
  const mechanisms = { FORM: await form.create({}, services), BASIC: await basic.create({}, services) };
  const domain = domains.get('other')!;
  const entries = options.entries?.(mechanisms, domain) ?? [
    { flag: 'required' as const, mechanisms: (options.mechanisms ?? ['FORM']).map((name) => mechanisms[name]), domain },
  ];
  const stack = createMechanismStack({ domain: 'other', entries, timers: clock.timers, deadlineMs: 1000 });
  const entrances = new Map([['application:sampleApp1', stack]]);
  const upstream = createServer(options.behind ?? echo);
  const app = await createHttpApp({
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    trustedProxies: ['127.0.0.1'],
    recordRefusal: async ({ error }) =>
      (await audit.record({ type: 'request-refused', outcome: 'failure', reason: error.code })).id,
  });
  const application: GatewayApplication = {
    name: 'sampleApp1',
    securityDomain: 'other',
    entrance: 'application:sampleApp1',
    contextPath: '/sampleApp1',
    upstream: await listen(upstream),
    constraints: [
      { path: '/secure/*', roles: ['AB'], transport: 'none' },
      { path: '/admin/*', roles: ['admin'], transport: 'none' },
      { path: '/nobody', roles: [], transport: 'none' },
      { path: '/tls/*', roles: ['AB'], transport: 'confidential' },
    ],
    ...options.application,
  };
  const sessionCookie = createOpaqueCookie(ssoCookie);
  const browserKey = createBrowserKey({ random, cookieName: 'GATEHOUSE_FORM' });
  const liveSession = createLiveSessions({ sessionCookie, find: sessions.find });
  const parking = createParking({ pendingLogins, browserKey, clock });
  mountLoginEndpoint(app, {
    entrances,
    parking,
    sessions,
    sessionCookie,
    browserKey,
    audit,
    firstLegs,
    probes: createProbeMemory('GATEHOUSE_PROBE'),
  });
  await mountGateway(app, {
    applications: [application],
    entrances,
    authorization: new Map([...domains.keys()].map((name) => [name, options.authorization ?? permitAll])),
    sessions,
    liveSession,
    ownCookies: [...sessionCookie.names, ...browserKey.cookieNames],
    publicHost: 'sso.example.com',
    parking,
    audit,
    clock,
    httpsOrigin: options.httpsOrigin,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });

  return {
    origin,
    application,
    events,
    pendingLogins,
    sessions,
    clock,
    send: (path: string, sending: Sending = {}) => send(origin, path, sending),
    /** A POST whose body the test writes piece by piece. */
    openPost(path: string, headers: Record<string, string> = {}) {
      const { hostname, port } = new URL(origin);
      return request({ hostname, port, path, method: 'POST', headers, agent: false });
    },
    /** What the application saw; fails where the gateway answered by itself. */
    async seen(path: string, sending: Sending = {}): Promise<Seen> {
      const answer = await send(origin, path, sending);
      if (answer.headers['x-echo'] === undefined) throw new Error(`answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body);
    },
    /** A session as a login would have begun it; gives the Cookie field. */
    async signIn(roles: readonly string[], domain = 'other'): Promise<string> {
      const callerPrincipal = { name: 'eric', type: 'user' } as const;
      const subject = { callerPrincipal, principals: [callerPrincipal], roles, groups: {}, attributes: {} };
      const { id } = await sessions.begin({
        domain,
        subject,
        mechanism: 'FORM',
        confidential: true,
        decision: 'D1',
        sourceAddress: '127.0.0.1',
      });
      return `${ssoCookie}=${id}`;
    },
    async close() {
      await app.close();
      upstream.closeAllConnections();
      await new Promise((resolve) => upstream.close(resolve));
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  // A gateway that cannot be mounted leaves it behind.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo: RequestListener = async (incoming, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method, url, headers } = incoming;
  response.setHeader('x-echo', '1');
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString('latin1') }));
};

/** Sends the path as it is: no URL parser tidies it up. */
function send(origin: string, path: string, { method = 'GET', headers = {}, body }: Sending): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers: { ...length, ...headers }, agent: false });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, headers } = incoming;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const basicField = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
