/** @module What the rest of the house sees of `gatehouse.yaml`: checked, with defaults and secrets filled in. */

import type { AuditFailurePolicy } from '../spi/audit-policy.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import type { ControlFlag } from '../spi/login-module.ts';
import type { MappingType } from '../spi/mapping.ts';
import type { AuthCacheConfiguration } from './auth-cache.ts';
import type { DatasourceConfiguration } from './datasources.ts';
import type { MechanismConfiguration, RawOptions } from './mechanism-configuration.ts';
import type { SamlIdpConfiguration } from './saml-configuration.ts';
import type { ApplicationSamlSpConfiguration, SamlSpConfiguration } from './saml-sp-configuration.ts';
import type { SessionsConfiguration } from './sessions.ts';
import type { ClientCertificateHeader, TruststoreConfiguration } from './truststores.ts';

export type { MechanismConfiguration, RawOptions } from './mechanism-configuration.ts';
export type { PartnerConfiguration, PartnerSourceConfiguration, SamlIdpConfiguration } from './saml-configuration.ts';
export type {
  ApplicationSamlSpConfiguration,
  IdentityProviderConfiguration,
  SamlSpConfiguration,
} from './saml-sp-configuration.ts';

/** A chain and a key as PEM files. Paths are as written; `HomeFolder.inConfiguration` makes them absolute. */
export interface TlsConfiguration {
  readonly certificate: string;
  readonly key: string;
  /** Whether clients are asked for certificates. Whom to believe is decided at the login. */
  readonly clientCertificates: 'none' | 'optional' | 'required';
  /** Set where they are asked: whose authorities they are told. */
  readonly truststore?: string;
  readonly place: ConfigurationPlace;
}

export interface PropertiesSource {
  readonly kind: 'properties';
  /** Relative to the configuration folder. */
  readonly path: string;
  readonly place: ConfigurationPlace;
}

export interface RealmConfiguration {
  readonly name: string;
  /** Exactly one in this version: JBoss too allows one source of names and passwords a realm (jboss-facts §5.3). */
  readonly authentication: PropertiesSource & { readonly plainText: boolean };
  readonly authorization?: PropertiesSource;
  readonly mapGroupsToRoles: boolean;
  readonly place: ConfigurationPlace;
}

export interface LoginModuleConfiguration {
  /** As the catalogue spells it. */
  readonly code: string;
  /** Unique in its domain; the code where none is written, with `-2`, `-3` … on repetition. */
  readonly name: string;
  readonly flag: ControlFlag;
  readonly options: RawOptions;
  readonly deadlineMs: number;
  readonly place: ConfigurationPlace;
}

export interface AuthModuleConfiguration {
  /** `application`: the mechanisms that the application lists. */
  readonly mechanism: MechanismConfiguration | 'application';
  readonly flag: ControlFlag;
  /** The name of one of the stacks. */
  readonly stack: string;
  readonly place: ConfigurationPlace;
}

/** The mechanism stack of a domain, and the stacks of login modules that decide about what the mechanisms read. */
export interface JaspiConfiguration {
  readonly stacks: readonly { readonly name: string; readonly modules: readonly LoginModuleConfiguration[] }[];
  readonly authModules: readonly AuthModuleConfiguration[];
}

export interface AuditConfiguration {
  readonly code: string;
  readonly onFailure: AuditFailurePolicy;
  readonly deadlineMs: number;
  readonly options: RawOptions;
  readonly place: ConfigurationPlace;
}

export interface MapperConfiguration {
  /** As the catalogue spells it. */
  readonly code: string;
  readonly type: MappingType;
  readonly options: RawOptions;
  readonly place: ConfigurationPlace;
}

export interface AuthorizationModuleConfiguration {
  /** As the catalogue spells it. */
  readonly code: string;
  readonly flag: ControlFlag;
  readonly options: RawOptions;
  /** Absent for the default, which nobody has written. */
  readonly place?: ConfigurationPlace;
}

export interface LockOutConfiguration {
  /** For one name from one address. */
  readonly attempts: number;
  readonly perAddressAttempts: number;
  readonly windowMs: number;
  readonly lockMs: number;
}

export interface DomainConfiguration {
  readonly name: string;
  /** With `jaspi` the modules of its first stack. */
  readonly authentication: readonly LoginModuleConfiguration[];
  readonly jaspi?: JaspiConfiguration;
  /** Absent: nobody is locked out. */
  readonly lockOut?: LockOutConfiguration;
  readonly mapping: readonly MapperConfiguration[];
  /** Never empty: JBoss's Delegating where nothing is written (jboss-facts §4.3). */
  readonly authorization: readonly AuthorizationModuleConfiguration[];
  /** Absent: every login asks the modules. */
  readonly cache?: AuthCacheConfiguration;
  /** The domain's own list, else `Configuration.audit` (the same array then). */
  readonly audit: readonly AuditConfiguration[];
  readonly place: ConfigurationPlace;
}

export interface ConstraintConfiguration {
  /** Servlet pattern below the context path: `/exact`, `/prefix/*`, `*.extension` or `/` (Servlet 3.1 §12.2). */
  readonly path: string;
  /** Absent: everybody. Empty: nobody. `*`: any role that the application names. `**`: anybody who is signed in. */
  readonly roles?: readonly string[];
  /** Upper case; absent: every method. */
  readonly methods?: readonly string[];
  readonly transport: 'none' | 'confidential';
  readonly place: ConfigurationPlace;
}

export interface ApplicationConfiguration {
  readonly name: string;
  readonly securityDomain: string;
  /** In the order in which they are asked. Absent: what the domain's `jaspi` says. */
  readonly mechanisms?: readonly MechanismConfiguration[];
  /** Begins with `/`, does not end with one, unique. */
  readonly contextPath: string;
  /** `http://host:port`, without a path. */
  readonly upstream: string;
  readonly constraints: readonly ConstraintConfiguration[];
  /** Roles by user: what DeploymentRoles gives. */
  readonly roleMapping: ReadonlyMap<string, readonly string[]>;
  /** How it is a SAML service provider, where it says more than the mechanism SAML. */
  readonly samlSp?: ApplicationSamlSpConfiguration;
  readonly place: ConfigurationPlace;
}

export interface Configuration {
  readonly node: string;
  /** An origin. Absent: `publicUrlFor` makes it from the address and the port that was really bound. */
  readonly publicUrl?: string;
  /** Further host names of the public side that the TLS certificate has to cover. */
  readonly hostNames: readonly string[];
  readonly bind: { readonly public: string; readonly management: string };
  /** 0: any free port. */
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly managementHttp: number;
    readonly managementHttps: number;
  };
  readonly tls?: TlsConfiguration;
  /** `tls` where nothing of its own is written. */
  readonly managementTls?: TlsConfiguration;
  /** Addresses and CIDR blocks. */
  readonly trustedProxies: readonly string[];
  /** Counts only from `trustedProxies`. */
  readonly clientCertificateHeader?: ClientCertificateHeader;
  readonly truststores: readonly TruststoreConfiguration[];
  readonly sessions: SessionsConfiguration;
  readonly login: { readonly pendingSeconds: number; readonly moduleDeadlineMs: number };
  readonly datasources: readonly DatasourceConfiguration[];
  readonly securityRealms: readonly RealmConfiguration[];
  readonly securityDomains: readonly DomainConfiguration[];
  readonly applications: readonly ApplicationConfiguration[];
  readonly samlIdp?: SamlIdpConfiguration;
  readonly samlSp?: SamlSpConfiguration;
  /** For the server itself, and for every domain without a list of its own. */
  readonly audit: readonly AuditConfiguration[];
}

/**
 * The origin that browsers use: what is configured, else made from the bound port. Loopback and wildcard addresses become
 * `localhost`, because a cookie or a SAML endpoint on `0.0.0.0` is of no use to a browser.
 */
export function publicUrlFor(
  configuration: Pick<Configuration, 'publicUrl' | 'bind' | 'ports' | 'tls'>,
  bound: { readonly http: number; readonly https?: number },
): string {
  if (configuration.publicUrl !== undefined) {
    return configuration.publicUrl;
  }
  const address = configuration.bind.public;
  const wide = ['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost'].includes(address);
  const host = wide ? 'localhost' : address.includes(':') ? `[${address}]` : address;
  const secure = configuration.tls !== undefined && bound.https !== undefined;
  const port = secure ? bound.https : bound.http;
  return new URL(`${secure ? 'https' : 'http'}://${host}:${port}`).origin;
}
