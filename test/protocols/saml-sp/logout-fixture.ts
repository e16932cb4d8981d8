/** @module Single logout of one application as a service provider, in this process: real routes, engine, ledger and messages; one identity provider that is a list of what it was told. */
import { createPrivateKey } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import { createMemoryLogoutLedger } from '../../../src/adapters/memory-logout-ledger.ts';
import { createMemorySsoStore } from '../../../src/adapters/memory-sso-store.ts';
import { loadSamlSchemas } from '../../../src/adapters/saml-schemas.ts';
import { createAuditTrail } from '../../../src/engine/audit-trail.ts';
import { createLogouts, type Logouts } from '../../../src/engine/logout.ts';
import { createTelling } from '../../../src/engine/logout-telling.ts';
import { createLogoutTickets } from '../../../src/engine/logout-tickets.ts';
import { keyOf } from '../../../src/engine/opaque-id.ts';
import { createSsoSessions } from '../../../src/engine/sso-sessions.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import { createOpaqueCookie } from '../../../src/http/cookies.ts';
import { createLiveSessions } from '../../../src/http/live-session.ts';
import { fixedPartners } from '../../../src/metadata/partners.ts';
import { mountLogoutChain } from '../../../src/protocols/login/logout-chain.ts';
import { createIdentityProvider } from '../../../src/protocols/saml-sp/identity-provider.ts';
import { createIdentityProviders } from '../../../src/protocols/saml-sp/identity-providers.ts';
import type { ServiceProvider } from '../../../src/protocols/saml-sp/service-provider.ts';
import { mountSamlLogout } from '../../../src/saml/logout-endpoint.ts';
import { createSingleLogout } from '../../../src/saml/single-logout.ts';
import { createRefusalRecorder } from '../../../src/server/refusals.ts';
import { buildSamlSpLogout } from '../../../src/server/saml-sp-logout.ts';
import type { BackChannel } from '../../../src/spi/back-channel.ts';
import { Secret } from '../../../src/spi/secret.ts';
import type { Participant } from '../../../src/spi/sso-store.ts';
import type { RespondingEndpoint } from '../../../src/wire/saml/sp-metadata.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { makeKeyPair, signerOf } from '../../support/keys.ts';
import { createRecordingAuditor } from '../../support/recording-auditor.ts';
import { acsUrl, idpEntityId, spEntityId, ssoUrl } from '../../support/saml-input.ts';

export const idpKeys = makeKeyPair('rsa');
export const spKeys = makeKeyPair('rsa');
const schemas = await loadSamlSchemas('schemas');

export const sloUrlOf = (application: string) => `https://sp.example.com/saml/sp/${application}/slo`;
export const idpSlo = (binding: RespondingEndpoint['binding']) => ({
  binding,
  location: `https://idp.example.com/slo/${binding}`,
});

export interface LogoutFixture {
  readonly services?: readonly RespondingEndpoint[];
  readonly backChannel?: BackChannel;
}

/** Two applications, `reports` and `wages`, with one identity provider. */
export async function openLogout({ services = [idpSlo('HTTP-Redirect')], backChannel }: LogoutFixture = {}) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const audit = createAuditTrail({ providers: [auditor], node: 'node1', clock, random });
  const ephemeral = createMemoryEphemeralStore({ clock });
  const store = createMemorySsoStore({ clock });
  const sessions = createSsoSessions({ store, audit, clock, random, idleMs: 3_600_000, lifetimeMs: 36_000_000 });
  const provider = createIdentityProvider(
    {
      entityId: idpEntityId,
      signingKeys: [idpKeys.publicKey],
      encryptionKeys: [],
      wantAuthnRequestsSigned: true,
      singleSignOnServices: [{ binding: 'HTTP-Redirect', location: ssoUrl }],
      singleLogoutServices: services,
      artifactResolutionServices: [],
      nameIdFormats: [],
    },
    {
      name: 'The university',
      idpInitiated: false,
      forceAuthn: false,
      maxAuthnAgeMs: 24 * 3600_000,
      decryptionCiphers: ['aes256-gcm'],
    },
  );
  const providers = createIdentityProviders([
    { known: fixedPartners([provider]), entries: () => [], isFederation: false },
  ]);
  const applications = ['reports', 'wages'].map(
    (application): ServiceProvider => ({
      ...{ application, domain: 'federated', entrance: `application:${application}`, frontPage: `/${application}/` },
      ...{ entityId: spEntityId, acsUrl, sloUrl: sloUrlOf(application), responseBinding: 'HTTP-POST', providers },
      metadata: async () => '<metadata/>',
    }),
  );
  const { logoutSides, messenger } = buildSamlSpLogout(applications, {
    ...{ clock, random, ephemeral, clockSkewMs: 60_000 },
    signer: () => signerOf(spKeys, 'rsa-sha256'),
    decryption: () => ({ keys: [createPrivateKey(spKeys.privateKeyPem)] }),
    backChannel: backChannel ?? (async () => ({ status: 'unreachable', reason: 'nobody' })),
    validateSchema: async (xml) => schemas.validate('protocol', xml),
  });
  const ledger = createMemoryLogoutLedger({ clock });
  const silent = () => undefined;
  const logger = { info: silent, warn: silent, error: silent };
  const lease = { node: 'node1', ms: 360_000 };
  const telling = createTelling({
    ...{ ledger, messenger, clock, timers: clock.timers, logger, lease, attemptMs: 1000 },
  });
  onTestFinished(() => telling.close());
  const logouts: Logouts = createLogouts({
    ...{ ledger, sessions, messenger, audit, clock, random, lease, giveUpMs: 600_000 },
    drive: (record) => telling.begin(record, logouts),
  });
  const tickets = createLogoutTickets({ key: new Secret(new Uint8Array(32).fill(7)), random });
  const sessionCookie = createOpaqueCookie('SSO');
  const shared = { logouts, telling, messenger, tickets, ephemeral, sessions, audit, clock, answerMs: 1000 };
  const app = await createHttpApp({ logger, trustedProxies: [], recordRefusal: createRefusalRecorder(audit) });
  onTestFinished(() => app.close());
  const singles = new Map(
    [...logoutSides].map(([name, side]) => [name, createSingleLogout({ ...shared, ...side })] as const),
  );
  mountSamlLogout(app, '/saml/sp/:app/slo', ({ params }) => {
    const single = singles.get(params['app'] ?? '');
    if (single === undefined) throw new Error('no such application');
    return single;
  });
  mountLogoutChain(app, {
    ...{ ...shared, sessionCookie },
    liveSession: createLiveSessions({ sessionCookie, find: sessions.find }),
  });

  /** Somebody who signed in there for an application, under this name. */
  async function session(changes: Partial<Participant> = {}, others: readonly Participant[] = []) {
    const callerPrincipal = { name: 'mary', type: 'user' } as const;
    const subject = { callerPrincipal, principals: [callerPrincipal], roles: [], groups: {}, attributes: {} };
    const facts = { mechanism: 'SAML', factors: [], confidential: true, decision: 'D1', sourceAddress: '192.0.2.1' };
    const there: Participant = {
      ...{ kind: 'identity-provider', name: idpEntityId, application: 'reports', sessionIndex: '_s', nameId: 'mary' },
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
      joinedAt: 1,
      ...changes,
    };
    const participants = [there, ...others];
    const { id, entry } = await sessions.begin({ domain: 'federated', subject, participants, ...facts });
    return { id, key: keyOf(id) ?? '', entry };
  }
  const failures = () => auditor.events.filter(({ outcome }) => outcome === 'failure');
  const lives = async (id: string) => (await sessions.find(id)) !== undefined;
  return { app, clock, auditor, sessions, logouts, telling, tickets, ledger, session, failures, lives };
}
