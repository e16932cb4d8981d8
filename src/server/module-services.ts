/** @module What login modules may ask of the house, put together: realms, databases, directories, truststores by name. */
import type { ChangeFile } from '../spi/change-file.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { Datasource } from '../spi/datasource.ts';
import type { Directory, DirectoryOptions } from '../spi/directory.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Logger } from '../spi/logger.ts';
import type { ModuleEvent, ModuleServices } from '../spi/module-services.ts';
import type { Passwords } from '../spi/passwords.ts';
import type { SecurityRealm } from '../spi/security-realm.ts';
import type { Truststore } from '../spi/truststore.ts';
import type { WatchFile } from '../spi/watched-file.ts';

/** Everything that has a name in the configuration, built once and shared by all domains. */
export interface Stores {
  readonly realms: ReadonlyMap<string, SecurityRealm>;
  readonly datasources: ReadonlyMap<string, Datasource>;
  readonly truststores: ReadonlyMap<string, Truststore>;
  readonly openDirectory: (options: DirectoryOptions) => Directory;
  readonly ephemeral: EphemeralStore;
  readonly passwords: Passwords;
  readonly changeFile: ChangeFile;
  readonly sealingKey: ModuleServices['sealingKey'];
  readonly kerberosAcceptor: ModuleServices['kerberosAcceptor'];
  /** Domains ask one another by name. */
  readonly securityDomain: ModuleServices['securityDomain'];
}

/** What there is before realms and domains are built. */
export type NamedStores = Omit<Stores, 'realms' | 'securityDomain'>;

export interface ServiceParts {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly watchFile: WatchFile;
  /** Into the audit trail of the domain. */
  readonly record: (event: ModuleEvent & { readonly domain: string }) => Promise<unknown>;
}

export function moduleServices(domain: string, parts: ServiceParts): ModuleServices {
  const { stores } = parts;
  return {
    domain,
    clock: parts.clock,
    random: parts.random,
    logger: parts.logger,
    watchFile: parts.watchFile,
    changeFile: stores.changeFile,
    passwords: stores.passwords,
    ephemeral: stores.ephemeral,
    sealingKey: stores.sealingKey,
    async record(event) {
      await parts.record({ ...event, domain });
    },
    realm: (name) => named(stores.realms, name, 'security realm'),
    datasource: (name) => named(stores.datasources, name, 'datasource'),
    truststore: (name) => named(stores.truststores, name, 'truststore'),
    directory: (options) => stores.openDirectory(options),
    kerberosAcceptor: (options) => stores.kerberosAcceptor(options),
    securityDomain: (name) => stores.securityDomain(name),
  };
}

function named<T>(things: ReadonlyMap<string, T>, name: string, kind: string): T {
  const thing = things.get(name);
  if (thing === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', `there is no such ${kind}`, { facts: { name } });
  }
  return thing;
}
