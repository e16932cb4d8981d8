/** @module The composition root: builds the house from the ground up, opens its doors, and closes it again. */
import type { HomeFolder } from './adapters/home-folder.ts';
import { type Log, openLog } from './adapters/log.ts';
import { createMetrics } from './adapters/metrics.ts';
import { createBlockRandom, systemClock } from './adapters/system-clock.ts';
import type { Catalog } from './catalog.ts';
import { type Configuration, publicUrlFor } from './config/configuration.ts';
import { routedMessenger } from './engine/logout-messenger.ts';
import { createHttpApp } from './http/app.ts';
import { createBrowserKey } from './http/browser-key.ts';
import { createOpaqueCookie } from './http/cookies.ts';
import { createLiveSessions } from './http/live-session.ts';
import { createParking } from './http/parking.ts';
import { createProbeMemory } from './http/probe-memory.ts';
import { createUnreadableAnswer } from './http/unreadable.ts';
import { mountHealth } from './protocols/management/health.ts';
import { openAuditServices } from './server/audit-services.ts';
import { type Closers, closedOnFailure } from './server/closers.ts';
import { type Doors, openDoors } from './server/doors.ts';
import { provableAt, samlIdpEntrance } from './server/entrances.ts';
import { warnOfExposedKeys } from './server/exposed-keys.ts';
import { watchKeyExpiry } from './server/key-expiry.ts';
import { openKeySightings } from './server/key-sightings.ts';
import { buildLogouts } from './server/logouts.ts';
import { openOwnKeys } from './server/own-keys.ts';
import { mountPublicSide } from './server/public-side.ts';
import { createRefusalRecorder } from './server/refusals.ts';
import { buildRevision } from './server/revision.ts';
import { buildSamlIdp, openPairwiseKey } from './server/saml-idp.ts';
import { openServedPartners } from './server/saml-partners.ts';
import { buildSamlSp } from './server/saml-sp.ts';
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
const probeCookie = 'GATEHOUSEPROBE';

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  return closedOnFailure((closers) => build(options, closers));
}

async function build(options: ServerOptions, closers: Closers): Promise<RunningServer> {
  const { configuration, home } = options;
  const clock = systemClock;
  const random = createBlockRandom();
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
  const { audit } = revision;
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
  const mechanisms = [...revision.entrances.values()].flatMap((entrance) => entrance.mechanisms);
  const used = mechanisms.some(({ furtherLeg }) => furtherLeg !== undefined);
  const probes = createProbeMemory(probeCookie, { used });
  const visit = { sessions, sessionCookie, liveSession, browserKey, probes, parking, firstLegs, audit, clock };
  const idp = configuration.samlIdp;
  const ring = closers.add(await openOwnKeys({ home, clock, logger: log, watch: true }), (open) => open.close());
  const sightings = await openKeySightings({ home, clock, logger: log, closers });
  const signers = createSigners({ home, ring, own: idp?.signing, signed: sightings.signed });
  const partners = await openServedPartners(idp?.partners ?? [], {
    ...{ home, clock, random, ephemeral, closers, audit, logger: log, metrics, signers },
  });
  const saml =
    idp &&
    (await buildSamlIdp({
      ...{ configuration: idp, partners, signers, sightings, publicUrl, home, clock, random, ephemeral },
      schemasFolder: options.schemasFolder,
      pendingMs: configuration.login.pendingSeconds * 1000,
      pairwiseKey: key,
      provable: provableAt(revision.entrances.get(samlIdpEntrance), revision.domains.get(idp.securityDomain)),
    }));
  const { samlSp } = configuration;
  const serviceProvider =
    samlSp &&
    (await buildSamlSp(samlSp, {
      ...{ configuration, publicUrl, home, clock, random, ephemeral, audit, logger: log, metrics, closers, key, ring },
      entrances: revision.entrances,
      schemasFolder: options.schemasFolder,
    }));
  const owners = [signers, serviceProvider];
  const expiry = watchKeyExpiry({ ring, signers: owners, clock, logger: log, metrics, closers });
  const logout = await buildLogouts({
    ...{
      configuration,
      home,
      sessions,
      messenger: routedMessenger(({ kind }) => (kind === 'saml' ? saml : serviceProvider)?.messenger),
    },
    ...{ audit, clock, random, logger: log, key, closers },
  });
  await mountPublicSide(publicApp, {
    ...{ configuration, publicUrl, httpsPort: doors.publicPorts.https },
    ...{ revision, ephemeral, visit, logout, saml, serviceProvider, recorder: { logger: log, recordRefusal } },
  });

  await warnOfExposedKeys(home, configuration, log);
  let started = false;
  let draining = false;
  const health = { started: () => started, ready: () => started && !draining, warnings: expiry.warnings };
  mountHealth(managementApp, health, metrics);
  expiry.look();
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
