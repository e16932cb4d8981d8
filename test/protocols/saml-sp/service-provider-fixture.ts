/** @module The endpoints of one application as a service provider, whole and in this process: real routes, validator, module SAML2, sessions; browsers with cookies; a clock that a test moves. */
import { createPrivateKey } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { saml2 } from '../../../login-modules/saml2.ts';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createMemorySsoStore } from '../../../src/adapters/memory-sso-store.ts';
import { loadSamlSchemas } from '../../../src/adapters/saml-schemas.ts';
import { createAuditTrail } from '../../../src/engine/audit-trail.ts';
import { createMechanismStack } from '../../../src/engine/mechanism-stack.ts';
import { createPendingLogins } from '../../../src/engine/pending-logins.ts';
import { createSecurityDomain, type StackModule } from '../../../src/engine/security-domain.ts';
import { createSsoSessions } from '../../../src/engine/sso-sessions.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import { createBrowserKey } from '../../../src/http/browser-key.ts';
import { createOpaqueCookie } from '../../../src/http/cookies.ts';
import { createLiveSessions } from '../../../src/http/live-session.ts';
import { createParking } from '../../../src/http/parking.ts';
import { createWaitingCookie } from '../../../src/http/waiting-cookie.ts';
import { fixedPartners } from '../../../src/metadata/partners.ts';
import { saml } from '../../../src/plugins/mechanisms/saml.ts';
import { createArtifactResolver } from '../../../src/protocols/saml-sp/artifact-resolver.ts';
import { createAssertionUse } from '../../../src/protocols/saml-sp/assertion-use.ts';
import { createCompletion } from '../../../src/protocols/saml-sp/completion.ts';
import { mountSamlSp } from '../../../src/protocols/saml-sp/endpoints.ts';
import {
  createIdentityProvider,
  type IdentityProviderSettings,
} from '../../../src/protocols/saml-sp/identity-provider.ts';
import { createIdentityProviders } from '../../../src/protocols/saml-sp/identity-providers.ts';
import { createKeptAnswers } from '../../../src/protocols/saml-sp/kept-answer.ts';
import { createRequestIds, type RequestIds } from '../../../src/protocols/saml-sp/request-ids.ts';
import { createResponseAcceptance } from '../../../src/protocols/saml-sp/response-acceptance.ts';
import type { ServiceProvider } from '../../../src/protocols/saml-sp/service-provider.ts';
import { createSignIn } from '../../../src/protocols/saml-sp/sign-in.ts';
import { createRefusalRecorder } from '../../../src/server/refusals.ts';
import type { BackChannel } from '../../../src/spi/back-channel.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { parseAuthnRequest } from '../../../src/wire/saml/authn-request.ts';
import { decodeRedirect } from '../../../src/wire/saml/bindings.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { signerOf, type TestKeyPair } from '../../support/keys.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';
import { pluginServices } from '../../support/plugin-services.ts';
import { createRecordingAuditor } from '../../support/recording-auditor.ts';
import { acsUrl, idpEntityId, spEntityId, ssoUrl } from '../../support/saml-input.ts';

export const application = 'reports';
export const resumePath = '/gateway/continue';
const domain = 'federated';
const entrance = `application:${application}`;
const schemas = await loadSamlSchemas('schemas');

export interface FixtureProvider {
  readonly entityId?: string;
  readonly keys: TestKeyPair;
  readonly settings?: Partial<IdentityProviderSettings>;
}

export interface FixtureOptions {
  readonly providers: readonly FixtureProvider[];
  /** The service provider's own key pair: it opens, too. */
  readonly sp: TestKeyPair;
  readonly spEntityId?: string;
  readonly acsUrl?: string;
  readonly responseBinding?: ServiceProvider['responseBinding'];
  readonly backChannel?: BackChannel;
  readonly moduleOptions?: Readonly<Record<string, unknown>>;
  /** In the place of those that prove themselves: for messages whose InResponseTo is given. */
  readonly requestIds?: RequestIds;
}

export async function openServiceProvider(options: FixtureOptions) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const audit = createAuditTrail({ providers: [auditor], node: 'node1', clock, random });
  const ephemeral = createMemoryEphemeralStore({ clock });
  const key = new Secret(new Uint8Array(32).fill(7));
  const store = createMemorySsoStore({ clock });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 3_600_000, lifetimeMs: 36_000_000 });
  const pendingLogins = createPendingLogins({ key, store: ephemeral, clock, random, ttlMs: 600_000 });
  const browserKey = createBrowserKey({ random, cookieName: 'BROWSER' });
  const parking = createParking({ pendingLogins, browserKey, clock });
  const module: StackModule = {
    name: 'SAML2',
    code: 'SAML2',
    flag: 'required',
    stacking: false,
    place: { file: 'gatehouse.yaml', line: 1 },
    module: await saml2.create({ 'role-attribute': 'Role', ...options.moduleOptions }, pluginServices()),
  };
  const securityDomain = createSecurityDomain({
    ...{ name: domain, modules: [module], audit, clock, random, timers: clock.timers },
    configRevision: 'r1',
    defaultDeadlineMs: 1000,
  });
  const mechanism = await saml.create({}, { ...mechanismServices(), application });
  const stack = createMechanismStack({
    ...{ domain, timers: clock.timers, deadlineMs: 1000 },
    entries: [{ flag: 'required', mechanisms: [mechanism], domain: securityDomain }],
  });
  const providers = options.providers.map(({ entityId = idpEntityId, keys, settings }) =>
    createIdentityProvider(
      {
        entityId,
        signingKeys: [keys.publicKey],
        encryptionKeys: [],
        wantAuthnRequestsSigned: true,
        singleSignOnServices: [
          { binding: 'HTTP-Redirect', location: ssoUrl },
          { binding: 'HTTP-POST', location: ssoUrl },
        ],
        singleLogoutServices: [],
        artifactResolutionServices: [{ binding: 'SOAP', location: 'https://idp.example.com/artifact', index: 3 }],
        nameIdFormats: [],
      },
      {
        idpInitiated: false,
        forceAuthn: false,
        maxAuthnAgeMs: 24 * 3600_000,
        decryptionCiphers: ['aes128-gcm', 'aes256-gcm'],
        ...settings,
      },
    ),
  );
  const known = fixedPartners(providers);
  const entries = providers.map((one) => ({ entityId: one.entityId, partner: () => one }));
  const sp: ServiceProvider = {
    ...{ application, domain, entrance, frontPage: `/${application}/` },
    entityId: options.spEntityId ?? spEntityId,
    acsUrl: options.acsUrl ?? acsUrl,
    sloUrl: 'https://sp.example.com/slo',
    responseBinding: options.responseBinding ?? 'HTTP-POST',
    providers: createIdentityProviders([{ known, entries: () => entries, isFederation: false }]),
    metadata: async () => '<metadata/>',
  };
  const requestIds = options.requestIds ?? createRequestIds({ key, random });
  const signer = () => signerOf(options.sp, 'rsa-sha256');
  const sessionCookie = createOpaqueCookie('SSO');
  const shared = {
    ...{ requestIds, parking, clock, signer, sessions, resumePath, clockSkewMs: 60_000 },
    waiting: createWaitingCookie({ name: 'WAITING', path: '/saml/sp/' }),
    choice: createOpaqueCookie('CHOICE'),
    sessionCookie,
    liveSession: createLiveSessions({ sessionCookie, find: sessions.find }),
    keptAnswers: createKeptAnswers({ ephemeral, random }),
    entrances: new Map([[entrance, stack]]),
  };
  const silent = () => undefined;
  const app = await createHttpApp({
    logger: { info: silent, warn: silent, error: silent },
    trustedProxies: [],
    recordRefusal: createRefusalRecorder(audit),
  });
  onTestFinished(() => app.close());
  mountSamlSp(app, {
    ...shared,
    serviceProviders: new Map([[application, sp]]),
    signIn: createSignIn(shared),
    complete: createCompletion(shared),
    accept: createResponseAcceptance({
      ...shared,
      assertionUse: createAssertionUse({ ephemeral, clock }),
      decryption: () => ({ keys: [createPrivateKey(options.sp.privateKeyPem)] }),
      validateSchema: async (xml) => schemas.validate('protocol', xml),
    }),
    resolve: createArtifactResolver({
      ...{ signer, clock, random, patience: () => new AbortController().signal },
      backChannel: options.backChannel ?? (async () => ({ status: 'unreachable', reason: 'nobody' })),
    }),
  });

  return { app, clock, auditor, sessions, browser: () => createBrowser(app) };
}

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly setCookies: readonly string[];
}

/** A browser: cookies go along with what it asks for itself, and not with a post from another site. */
function createBrowser(app: FastifyInstance) {
  const jar = new Map<string, string>();

  async function send(method: 'GET' | 'POST', url: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await app.inject({
      ...{ method, url },
      headers: {
        host: 'sp.example.com',
        ...(method === 'GET' && cookie !== '' ? { cookie } : {}),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { payload: new URLSearchParams(form).toString() }),
    });
    for (const { name, value } of reply.cookies) {
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const location = reply.headers.location;
    return {
      status: reply.statusCode,
      location: typeof location === 'string' ? location : undefined,
      body: reply.body,
      setCookies: reply.cookies.map(({ name }) => name),
    };
  }

  return {
    jar,
    get: (url: string) => send('GET', url),
    post: (fields: Readonly<Record<string, string>>) => send('POST', `/saml/sp/${application}/acs`, fields),
    /** Begins a sign-in, and says what was asked of whom. */
    async begin(query = '') {
      const answer = await send('GET', `/saml/sp/${application}/login${query}`);
      if (answer.location === undefined) throw new Error(`no redirect: ${answer.status} ${answer.body}`);
      const decoded = decodeRedirect(new URL(answer.location).search.slice(1));
      return { ...parseAuthnRequest(parseXml(decoded.xml)), relayState: decoded.relayState, location: answer.location };
    },
    /** Brings an answer, and goes on where it is sent. */
    async bring(xml: string | Uint8Array, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
      const taken = await this.post({ SAMLResponse: Buffer.from(xml).toString('base64'), ...more });
      return taken.status === 303 ? send('GET', taken.location ?? '') : taken;
    },
  };
}
