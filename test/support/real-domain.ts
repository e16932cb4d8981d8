/** @module A security domain on real stores: files that are watched, SQLite, directories, an audit file, and nothing of a server. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDirectories } from '../../src/adapters/ldap/directories.ts';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createMetrics } from '../../src/adapters/metrics.ts';
import { createPasswords } from '../../src/adapters/passwords/passwords.ts';
import { systemClock, systemRandom, systemTimers } from '../../src/adapters/system-clock.ts';
import { createWatchedFiles } from '../../src/adapters/watched-files.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import type { LockOutRule } from '../../src/engine/lock-out.ts';
import { createSecurityDomain } from '../../src/engine/security-domain.ts';
import { createClosers } from '../../src/server/closers.ts';
import { moduleServices } from '../../src/server/module-services.ts';
import type { Clock } from '../../src/spi/clock.ts';
import type { Datasource } from '../../src/spi/datasource.ts';
import type { ControlFlag } from '../../src/spi/login-module.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { SecurityDomain } from '../../src/spi/security-domain.ts';
import { auditFilesIn } from './audit-files.ts';
import { auditServices } from './audit-services.ts';
import { RecordingLogger } from './plugin-services.ts';
import { temporaryFolder } from './servers/server-process.ts';
import { catalog } from './whole-catalog.ts';

export interface RealModule {
  readonly code: string;
  readonly flag?: ControlFlag;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface RealDomain {
  readonly name: string;
  readonly modules: readonly RealModule[];
  readonly lockOut?: LockOutRule;
}

export interface RealParts {
  /** Of the domains and of what they count; pools and time limits live by the real one. */
  readonly clock?: Clock;
  /** In the configuration folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly datasources?: ReadonlyMap<string, Datasource>;
}

export interface RealHouse {
  open(domain: RealDomain): Promise<SecurityDomain>;
  close(): Promise<void>;
}

export async function openRealHouse({ clock = systemClock, files = {}, datasources = new Map() }: RealParts = {}) {
  const folder = temporaryFolder('domains');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  const logger = new RecordingLogger();
  const closers = createClosers();
  const opened = <T extends { close(): Promise<void> | void }>(thing: T): T => closers.add(thing, (one) => one.close());
  const directories = opened(createDirectories(systemClock));
  const watched = opened(createWatchedFiles({ folder: folder.path, logger }));
  const ephemeral = opened(createMemoryEphemeralStore({ clock }));
  const stores = {
    ephemeral,
    datasources,
    passwords: opened(createPasswords({ random: systemRandom })),
    realms: new Map(),
    truststores: new Map(),
    openDirectory: directories.open,
    changeFile: async () => false,
    kerberosAcceptor: async () => {
      throw new Error('there is no Kerberos here');
    },
    securityDomain: () => {
      throw new Error('there is no other domain here');
    },
    sealingKey: async () => new Secret(systemRandom.bytes(32)),
  };
  const auditFile = catalog.auditProviders.find('File');
  if (auditFile === undefined || auditFile === 'later') throw new Error('there is no audit provider File');
  const file = await auditFile.create(
    {},
    auditServices({
      openFile: auditFilesIn(folder.path, { now: () => clock.now(), timer: () => clock.timer(), timers: systemTimers })
        .files.open,
    }),
  );
  const providers = [createMetrics().provider, file];
  const audit = opened(createAuditTrail({ providers, node: 'node1', clock, random: systemRandom }));
  const house: RealHouse = {
    async open({ name, modules, lockOut }) {
      const services = moduleServices(name, {
        ...{ stores, clock, random: systemRandom, logger, watchFile: watched.watchFile },
        record: audit.record,
      });
      const stack = [];
      for (const [index, { code, flag = 'required', options }] of modules.entries()) {
        const factory = catalog.loginModules.find(code);
        if (factory === undefined || factory === 'later') throw new Error(`there is no login module ${code}`);
        const module = await factory.create(options, services);
        const stacking = options['password-stacking'] === 'useFirstPass';
        stack.push({ name: `${code}-${index}`, code: factory.code, flag, module, stacking });
      }
      return opened(
        createSecurityDomain({
          name,
          modules: stack,
          audit,
          clock,
          random: systemRandom,
          timers: systemTimers,
          configRevision: 'r1',
          defaultDeadlineMs: 10_000,
          ...(lockOut === undefined ? {} : { lockOut: { rule: lockOut, ephemeral } }),
        }),
      );
    },
    async close() {
      await closers.closeAll();
      folder.remove();
    },
  };
  return house;
}
