/** @module The contracts of mapping: what a domain does to roles, name and attributes after its stack has agreed. */
import type { z } from 'zod';
import type { MappingType } from './mapping-type.ts';
import type { ModuleServices } from './module-services.ts';
import type { Principal, Subject } from './subject.ts';

export { type MappingType, mappingTypes } from './mapping-type.ts';

export interface MappingContext {
  /** Aborted at the domain's deadline: pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** True: change nothing. */
  readonly dryRun: boolean;
  /** Where the person wants to go, where known. Always set for a mapper that is `perApplication`. */
  readonly application?: string;
  /** DER of the client certificate that a login module has proved. A certificate that was only shown is never here. */
  readonly certificate?: Uint8Array;
}

interface Closable {
  /** Frees files, timers and pools. Called once, also after a half-failed start. */
  close?(): Promise<void>;
}

export interface RoleMapper extends Closable {
  readonly type: 'role';
  /** The whole new list of roles, from the roles so far. @throws ERR_STORE_UNAVAILABLE: then the login is refused */
  map(roles: readonly string[], subject: Subject, context: MappingContext): Promise<readonly string[]>;
}

export interface PrincipalMapper extends Closable {
  readonly type: 'principal';
  /** The name that applications see. @throws as RoleMapper does */
  map(principal: Principal, subject: Subject, context: MappingContext): Promise<Principal>;
}

export interface CredentialMapper extends Closable {
  readonly type: 'credential';
  /** The name in a proved certificate; `undefined` leaves the name as it is. Not asked where there is no certificate. */
  map(certificate: Uint8Array, subject: Subject, context: MappingContext): Promise<Principal | undefined>;
}

export type Attributes = Subject['attributes'];

export interface AttributeMapper extends Closable {
  readonly type: 'attribute';
  /** All attributes, from those so far. Traces tell their names, never their values. @throws as RoleMapper does */
  map(attributes: Attributes, subject: Subject, context: MappingContext): Promise<Attributes>;
}

export type Mapper = RoleMapper | PrincipalMapper | CredentialMapper | AttributeMapper;

/** What a mapper may ask of the house: the part of `ModuleServices` that reads. */
export type MappingServices = Pick<
  ModuleServices,
  'domain' | 'clock' | 'logger' | 'datasource' | 'directory' | 'watchFile'
> & {
  /** What an application's `role-mapping` says of somebody; `undefined` where it says nothing. */
  applicationRoles(application: string, principal: string): readonly string[] | undefined;
};

/** A mapping module in the catalogue. */
export interface MapperFactory {
  /** JBoss's short code, or the simple name of its class where it has none (jboss-facts §4.5). */
  readonly code: string;
  /** One line for the reference page. */
  readonly summary: string;
  /** The types that it can be configured as. */
  readonly types: readonly MappingType[];
  /**
   * Its answer holds for one application only. Such a role mapper does not run at the login, whose session serves all applications
   * of the domain, but whenever one of them is gone to; it then sees the caller's name and roles and nothing else of the subject.
   */
  readonly perApplication: boolean;
  /** Strict: an unknown option is an error. Describes every option with `.describe()`. */
  readonly options: z.ZodType;
  /** `options` are raw, as written; they are parsed here. @throws ZodError when they do not fit, ERR_CONFIG_INVALID for a type that it has not */
  create(type: MappingType, options: unknown, services: MappingServices): Promise<Mapper>;
}

interface Definition<S extends z.ZodType, M> {
  code: string;
  summary: string;
  options: S;
  create(options: z.output<S>, services: MappingServices): M | Promise<M>;
}

export function defineRoleMapper<S extends z.ZodType>(
  definition: Definition<S, Pick<RoleMapper, 'map' | 'close'>> & { perApplication?: true },
): MapperFactory {
  return define(definition, ['role'], (made) => ({ ...made, type: 'role' }));
}

export function definePrincipalMapper<S extends z.ZodType>(
  definition: Definition<S, Pick<PrincipalMapper, 'map' | 'close'>>,
): MapperFactory {
  return define(definition, ['principal'], (made) => ({ ...made, type: 'principal' }));
}

export function defineAttributeMapper<S extends z.ZodType>(
  definition: Definition<S, Pick<AttributeMapper, 'map' | 'close'>>,
): MapperFactory {
  return define(definition, ['attribute'], (made) => ({ ...made, type: 'attribute' }));
}

/** A mapper that reads the name out of a proved certificate: as `principal` or as `credential`, with one result (jboss-facts §4.5). */
export function defineCredentialMapper<S extends z.ZodType>(
  definition: Definition<S, Pick<CredentialMapper, 'map' | 'close'>>,
): MapperFactory {
  return define(definition, ['principal', 'credential'], (made, type) =>
    type === 'credential'
      ? { ...made, type }
      : {
          type: 'principal',
          async map(principal, subject, context) {
            const { certificate } = context;
            return (certificate && (await made.map(certificate, subject, context))) ?? principal;
          },
          ...(made.close === undefined ? {} : { close: made.close }),
        },
  );
}

function define<S extends z.ZodType, M>(
  definition: Definition<S, M> & { perApplication?: true },
  types: readonly MappingType[],
  tagged: (made: M, type: MappingType) => Mapper,
): MapperFactory {
  return {
    code: definition.code,
    summary: definition.summary,
    types,
    perApplication: definition.perApplication ?? false,
    options: definition.options,
    async create(type, options, services) {
      return tagged(await definition.create(definition.options.parse(options), services), type);
    },
  };
}
