/** @module What a login module may ask of the house: stores by name, files, counters, keys. Mappers and authorization modules get a part of it. */
import type { AuditEvent } from './audit.ts';
import type { ChangeFile } from './change-file.ts';
import type { Clock, Random } from './clock.ts';
import type { Datasource } from './datasource.ts';
import type { Directory, DirectoryOptions } from './directory.ts';
import type { EphemeralStore } from './ephemeral-store.ts';
import type { KerberosAcceptor, KerberosAcceptorOptions } from './kerberos-acceptor.ts';
import type { Logger } from './logger.ts';
import type { Passwords } from './passwords.ts';
import type { Secret } from './secret.ts';
import type { OtherDomain } from './security-domain.ts';
import type { SecurityRealm } from './security-realm.ts';
import type { Truststore } from './truststore.ts';
import type { WatchFile } from './watched-file.ts';

/** What a module may ask of the house. Handed to `create`, so that a module imports no file, socket or clock. */
export interface ModuleServices {
  /** The security domain that the module is part of. */
  readonly domain: string;
  readonly clock: Clock;
  readonly random: Random;
  /** For what an operator should know at start and on a reload. What a login did belongs into its outcome, not here. */
  readonly logger: Logger;
  /** @throws ERR_CONFIG_INVALID when no realm has this name. */
  realm(name: string): SecurityRealm;
  /** @throws ERR_CONFIG_INVALID when no datasource has this name. */
  datasource(name: string): Datasource;
  /** Opens nothing yet; the module closes it. Directories with equal options share one pool. */
  directory(options: DirectoryOptions): Directory;
  /** @throws ERR_CONFIG_INVALID when no truststore has this name. */
  truststore(name: string): Truststore;
  /** @throws ERR_CONFIG_INVALID when no security domain has this name. */
  securityDomain(name: string): OtherDomain;
  /** The module closes it. @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE when a keytab cannot be used. */
  kerberosAcceptor(options: KerberosAcceptorOptions): Promise<KerberosAcceptor>;
  /** Counters and one-time things that all nodes share. Never touched in a dry run. */
  readonly ephemeral: EphemeralStore;
  readonly watchFile: WatchFile;
  readonly changeFile: ChangeFile;
  readonly passwords: Passwords;
  /**
   * 32 bytes for one purpose, a name of lower-case letters and hyphens: the same on every node. `undefined` when there is none yet,
   * and `make` is false.
   * @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE
   */
  sealingKey(purpose: string, make: boolean): Promise<Secret<Uint8Array> | undefined>;
  /** Records what is no login. @throws ERR_AUDIT_UNAVAILABLE */
  record(event: ModuleEvent): Promise<void>;
}

/** An audit event of a module; the house adds the rest. */
export type ModuleEvent = Pick<AuditEvent, 'type' | 'outcome' | 'reason' | 'principal' | 'sourceAddress'>;
