/** @module The composition root: builds the house from the ground up, opens its doors, and closes it again. */
import type { HomeFolder } from './adapters/home-folder.ts';
import { type Log, openLog } from './adapters/log.ts';
import { createMetrics } from './adapters/metrics.ts';
import { qrSquares } from './adapters/qr-code.ts';
import { systemClock, systemRandom, systemTimers } from './adapters/system-clock.ts';
import type { Catalog } from './catalog.ts';
import { type Configuration, publicUrlFor } from './config/configuration.ts';
import { noMessenger } from './engine/logout-messenger.ts';
import { createHttpApp } from './http/app.ts';
import { createBrowserKey } from './http/browser-key.ts';
import { createOpaqueCookie } from './http/cookies.ts';
import { createLiveSessions } from './http/live-session.ts';
import { guardPages } from './http/navigation.ts';
import { createParking } from './http/parking.ts';
import { createUnreadableAnswer } from './http/unreadable.ts';
import { mountAccount } from './protocols/account/endpoints.ts';
import { path as oneTimeCodesPath } from './protocols/account/pages.ts';
import { mountLoginEndpoint } from './protocols/login/login-endpoint.ts';
import { mountLogoutChain } from './protocols/login/logout-chain.ts';
import { mountLogoutEndpoint } from './protocols/login/logout-endpoint.ts';
import { mountHealth } from './protocols/management/health.ts';
import { mountPortal } from './protocols/portal/endpoints.ts';
import { mountSamlIdp } from './protocols/saml-idp/endpoints.ts';
import { mountSamlLogout } from './protocols/saml-idp/logout-endpoint.ts';
import type { Partner } from './protocols/saml-idp/partner.ts';
import { createSignOn } from './protocols/saml-idp/sign-on.ts';
import { createSingleLogout } from './protocols/saml-idp/single-logout.ts';
import { accountPlaces, oneTimeCodesByDomain } from './server/account.ts';
import { openAuditServices } from './server/audit-services.ts';
import { type Closers, closedOnFailure } from './server/closers.ts';
import { type Doors, openDoors } from './server/doors.ts';
import { applicationEntrance, provableAt, samlIdpEntrance } from './server/entrances.ts';
import { warnOfExposedKeys } from './server/exposed-keys.ts';
import { buildLogouts } from './server/logouts.ts';
import { createRefusalRecorder } from './server/refusals.ts';
import { buildRevision } from './server/revision.ts';
import { buildSamlIdp, openPairwiseKey } from './server/saml-idp.ts';
import { createMetadataReport, openPartners } from './server/saml-partners.ts';
import { buildSessions } from './server/sessions.ts';
import { createSigners } from './server/signers.ts';
import { openLastingStores } from './server/stores.ts';
import { clientCertificateOptions } from './server/truststores.ts';

export interface ServerOptions {
  readonly home: HomeFolder;
  readonly configuration: Configuration;
  readonly catalog: Catalog;
  readonly revision: string;
  /** Added to every configured port, like JBoss's `jboss.socket.binding.port-offset`. */
  readonly portOffset: number;
  /** Folder of the OASIS schemas. */
  readonly schemasFolder: string;
  /** A file, or `stdout`. */
  readonly logTo: string;
}

export interface RunningServer {
  readonly publicUrl: string;
  readonly managementUrl: string;
  readonly log: Log;
  /** Readiness goes off, listeners drain, everything is closed. Ends within `drainMs` and a little. */
  stop(): Promise<void>;
}

/** What is under way has this long to finish; together with the closing it stays under the five seconds that are promised. */
const drainMs = 3_500;
const browserKeyCookie = 'GATEHOUSEBROWSER';

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  return closedOnFailure((closers) => build(options, closers));
}

async function build(options: ServerOptions, closers: Closers): Promise<RunningServer> {
  const { configuration, home } = options;
  const clock = systemClock;
  const random = systemRandom;
  const log = closers.add(openLog({ to: options.logTo, level: 'info', node: configuration.node }), (open) =>
    open.close(),
  );
  const metrics = closers.add(createMetrics(), (open) => open.provider.close());
  const lasting = openLastingStores({ home, clock, random, closers });
  const revision = await buildRevision({
    ...options,
    clock,
    random,
    watch: true,
    auditServices: await openAuditServices({ home, clock, random, logger: log }),
    logger: log,
    metrics,
    lasting,
    closers,
  });
  const { audit, entrances } = revision;
  const key = await openPairwiseKey(home, random);
  const { ephemeral } = lasting;
  const { sessions, pendingLogins, firstLegs } = buildSessions(configuration, {
    clock,
    random,
    audit,
    ephemeral,
    closers,
    key,
  });

  const recordRefusal = createRefusalRecorder(audit);
  const publicApp = await createHttpApp({ logger: log, ...clientCertificateOptions(configuration), recordRefusal });
  const managementApp = await createHttpApp({ logger: log, trustedProxies: [], recordRefusal });
  closers.add(publicApp, (app) => app.close());
  closers.add(managementApp, (app) => app.close());
  const doors: Doors = await openDoors({
    configuration,
    home,
    clock,
    log,
    portOffset: options.portOffset,
    truststores: revision.truststores,
    closers,
    publicApp,
    managementApp,
    answerUnreadable: createUnreadableAnswer({ logger: log, recordRefusal }),
  });
  const publicUrl = publicUrlFor(configuration, doors.publicPorts);

  const sessionCookie = createOpaqueCookie(configuration.sessions.cookieName);
  const browserKey = createBrowserKey({ random, cookieName: browserKeyCookie });
  const liveSession = createLiveSessions({ sessionCookie, find: sessions.find });
  const parking = createParking({ pendingLogins, browserKey, clock });
  const shared = { sessions, sessionCookie, liveSession, browserKey, parking, audit, clock };
  const idp = configuration.samlIdp;
  const signers = createSigners(home);
  const samlPartners = await openPartners(idp?.partners ?? [], {
    ...{ home, clock, random, ephemeral, closers, timers: systemTimers, logger: log, network: true },
    signers,
    report: createMetadataReport(audit, log),
  });
  metrics.watchMetadata(samlPartners.states, clock);
  const saml =
    idp &&
    (await buildSamlIdp({
      configuration: idp,
      partners: samlPartners.partners,
      signers,
      publicUrl,
      home,
      clock,
      random,
      ephemeral,
      schemasFolder: options.schemasFolder,
      pendingMs: configuration.login.pendingSeconds * 1000,
      pairwiseKey: key,
      provable: provableAt(entrances.get(samlIdpEntrance), revision.domains.get(idp.securityDomain)),
    }));
  const messenger = saml?.messenger ?? noMessenger;
  const logout = await buildLogouts({
    ...{ configuration, home, sessions, messenger, audit, clock, random, logger: log, key, closers },
  });
  await publicApp.register(async (pages) => {
    guardPages(pages, publicUrl);
    mountLoginEndpoint(pages, { ...shared, entrances, firstLegs });
    mountLogoutEndpoint(pages, { ...shared, ...logout });
    mountLogoutChain(pages, { ...shared, ...logout, ephemeral });
    const codes = oneTimeCodesByDomain(revision);
    const places = accountPlaces(configuration, entrances, codes);
    if (places !== undefined) {
      const patience = () => AbortSignal.timeout(configuration.login.moduleDeadlineMs);
      mountAccount(pages, {
        ...shared,
        codes,
        places,
        home: saml === undefined ? undefined : '/',
        drawQr: qrSquares,
        patience,
      });
    }
    if (idp === undefined || saml === undefined) return;
    const at = { ...shared, domain: idp.securityDomain, entrance: samlIdpEntrance };
    mountSamlIdp(pages, { ...at, ...saml, signOn: createSignOn({ ...at, ...saml }) });
    const { domain } = at;
    mountSamlLogout(
      pages,
      createSingleLogout({ ...shared, ...saml, ...logout, domain, ephemeral, messages: saml.logoutMessages }),
    );
    mountPortal(pages, {
      ...at,
      ...(codes.has(at.domain) ? { oneTimeCodesPath } : {}),
      apps: () => appLinks(saml.partners.list(clock.now())),
    });
  });
  if (configuration.applications.length > 0) {
    const { mountGateway } = await import('./protocols/gateway/endpoints.ts');
    await mountGateway(publicApp, {
      ...shared,
      applications: configuration.applications.map((one) => ({ ...one, entrance: applicationEntrance(one.name) })),
      entrances,
      authorization: revision.authorization,
      ownCookies: [...sessionCookie.names, ...browserKey.cookieNames],
      publicHost: new URL(publicUrl).host,
      httpsOrigin: httpsOriginOf(publicUrl, doors.publicPorts.https),
    });
  }

  await warnOfExposedKeys(home, configuration, log);
  let started = false;
  let draining = false;
  mountHealth(managementApp, { started: () => started, ready: () => started && !draining }, metrics);
  await doors.open();
  logout.upkeep.start();
  started = true;
  await audit.record({ type: 'server-started', outcome: 'success' });
  log.info({ publicUrl, revision: options.revision }, 'started');

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    draining = true;
    try {
      await doors.drain(drainMs);
      await audit.record({ type: 'server-stopped', outcome: 'success' });
      log.info({}, 'stopped');
    } finally {
      await closers.closeAll();
    }
  };
  return {
    publicUrl,
    managementUrl: doors.managementUrl(),
    log,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function appLinks(partners: readonly Partner[]) {
  return partners.map((partner) => ({
    name: partner.displayName,
    href: `/saml/idp/start?sp=${encodeURIComponent(partner.entityId)}`,
  }));
}

/** Where confidential requests go: the HTTPS listener, or a proxy in front that the public URL names. */
function httpsOriginOf(publicUrl: string, port: number | undefined): string | undefined {
  const url = new URL(publicUrl);
  if (url.protocol === 'https:') return url.origin;
  return port === undefined ? undefined : `https://${url.hostname}:${port}`;
}
