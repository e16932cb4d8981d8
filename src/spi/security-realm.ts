/** @module The contract of a security realm: a source of identities that can verify evidence and name groups. */
import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Evidence } from './evidence.ts';
import type { Logger } from './logger.ts';
import type { PasswordReport, Passwords } from './passwords.ts';
import type { WatchFile } from './watched-file.ts';

/**
 * One user as a realm knows him. A realm hands one out for an unknown name too: it `exists` not, and verifying costs
 * the same work and says no, so that time tells nobody who is registered.
 */
export interface RealmIdentity {
  readonly name: string;
  readonly exists: boolean;
  /** @throws ERR_STORE_UNAVAILABLE when the store behind the realm cannot be asked. */
  verify(evidence: Evidence): Promise<'verified' | 'rejected' | 'unsupported-evidence'>;
  /** Groups as the realm's authorization source lists them. */
  readonly groups: readonly string[];
  /** Roles that follow from the groups: the same names with `map-groups-to-roles`, none without (jboss-facts §5.3). */
  readonly roles: readonly string[];
}

export interface SecurityRealm {
  readonly name: string;
  /** @throws ERR_STORE_UNAVAILABLE */
  identity(name: string, signal: AbortSignal): Promise<RealmIdentity>;
  /** For a realm that can list its users: how their passwords are kept. @throws ERR_STORE_UNAVAILABLE */
  passwordReport?(signal: AbortSignal): Promise<readonly PasswordReport[]>;
  close?(): Promise<void>;
}

export interface RealmServices {
  readonly realm: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly watchFile: WatchFile;
  readonly passwords: Passwords;
}

/** A realm kind in the catalogue. */
export interface SecurityRealmFactory {
  readonly kind: string;
  readonly summary: string;
  readonly options: z.ZodType;
  create(options: unknown, services: RealmServices): Promise<SecurityRealm>;
}

export function defineSecurityRealm<S extends z.ZodType>(definition: {
  kind: string;
  summary: string;
  options: S;
  create(options: z.output<S>, services: RealmServices): SecurityRealm | Promise<SecurityRealm>;
}): SecurityRealmFactory {
  return {
    kind: definition.kind,
    summary: definition.summary,
    options: definition.options,
    async create(options, services) {
      return definition.create(definition.options.parse(options), services);
    },
  };
}
