/** @module The checked document made into what the rest of the house reads: defaults followed, codes in the catalogue's spelling, places added. */
import type { CatalogAnswer } from '../spi/catalog-answer.ts';
import type { ConfigurationPlace } from '../spi/decision-trace.ts';
import { nameIdFormats } from '../spi/name-id-formats.ts';
import type {
  ApplicationConfiguration,
  AuditConfiguration,
  Configuration,
  DomainConfiguration,
  LockOutConfiguration,
  RawOptions,
  RealmConfiguration,
  SamlIdpConfiguration,
  TlsConfiguration,
} from './configuration.ts';
import type { ConfigurationCatalog } from './configuration-catalog.ts';
import { resolveDatasource } from './datasources.ts';
import type { Path } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';
import { type ClientCertificateHeader, resolveTruststore } from './truststores.ts';

type PlaceOf = (path: Path) => ConfigurationPlace;

/** Names in the file are spelt with hyphens. */
const nameIdFormatsByName = { ...nameIdFormats, 'email-address': nameIdFormats.emailAddress } as const;

/** An optional field that is absent rather than `undefined`. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** The references have been checked; an unknown name would have ended the load before. */
function known<T>(answer: CatalogAnswer<T>, otherwise: T): T {
  return answer === undefined || answer === 'later' ? otherwise : answer;
}

type AuditDocument = ConfigurationDocument['audit'];
type DomainDocument = ConfigurationDocument['security-domains'][string];

export function resolveConfiguration(
  document: ConfigurationDocument,
  catalog: ConfigurationCatalog,
  place: PlaceOf,
): Configuration {
  const mechanismsOf = (names: readonly string[]): readonly string[] =>
    names.map((name) => known(catalog.mechanism(name), { name }).name);

  const auditOf = (entries: AuditDocument, path: Path): readonly AuditConfiguration[] =>
    entries.map(({ code, options = {} }, index) => ({
      code: known<{ readonly code: string }>(catalog.auditProvider(code), { code }).code,
      options,
      place: place([...path, index]),
    }));

  const serverAudit = auditOf(document.audit, ['audit']);

  function domainOf(name: string, domain: DomainDocument): DomainConfiguration {
    const path = ['security-domains', name];
    const taken = new Set(domain.authentication.flatMap((module) => module.name ?? []));
    const authentication = domain.authentication.map((module, index) => {
      const { code } = known<{ readonly code: string }>(catalog.loginModule(module.code), module);
      const moduleName = module.name ?? freeName(code, taken);
      taken.add(moduleName);
      const options: RawOptions = module['module-options'] ?? {};
      const deadlineMs = module['deadline-ms'] ?? document.login['module-deadline-ms'];
      return {
        code,
        name: moduleName,
        flag: module.flag,
        options,
        deadlineMs,
        place: place([...path, 'authentication', index]),
      };
    });
    const audit = domain.audit === undefined ? serverAudit : auditOf(domain.audit, [...path, 'audit']);
    const lockOut = lockOutOf(domain['lock-out']);
    return { name, authentication, ...optional('lockOut', lockOut), audit, place: place(path) };
  }

  function applicationOf(
    name: string,
    application: ConfigurationDocument['applications'][string],
  ): ApplicationConfiguration {
    const path = ['applications', name];
    return {
      name,
      securityDomain: application['security-domain'],
      mechanisms: mechanismsOf(application.mechanisms),
      contextPath: application['context-path'] ?? `/${name}`,
      upstream: new URL(application.upstream).origin,
      constraints: application.constraints.map(({ methods, ...constraint }, index) => ({
        ...constraint,
        ...optional('methods', methods),
        place: place([...path, 'constraints', index]),
      })),
      place: place(path),
    };
  }

  function samlIdpOf(idp: NonNullable<ConfigurationDocument['saml-idp']>): SamlIdpConfiguration {
    const path = ['saml-idp'];
    return {
      ...optional('entityId', idp['entity-id']),
      securityDomain: idp['security-domain'],
      mechanisms: mechanismsOf(idp.mechanisms),
      signing: { ...idp.signing, place: place([...path, 'signing']) },
      assertionLifetimeSeconds: idp['assertion-lifetime-seconds'],
      clockSkewSeconds: idp['clock-skew-seconds'],
      partners: idp.partners.map((partner, index) => ({
        metadata: partner.metadata,
        ...optional('name', partner.name),
        ...optional('sign', partner.sign),
        ...optional('requireSignedRequests', partner['require-signed-requests']),
        ...optional('nameIdFormat', partner['name-id-format'] && nameIdFormatsByName[partner['name-id-format']]),
        roleAttribute: partner['role-attribute'],
        place: place([...path, 'partners', index]),
      })),
      place: place(path),
    };
  }

  const tlsOf = (key: 'tls' | 'management-tls'): TlsConfiguration | undefined => {
    const tls = document[key];
    if (tls === undefined) return undefined;
    const { certificate, key: keyFile, 'client-certificates': clientCertificates, truststore } = tls;
    return {
      certificate,
      key: keyFile,
      clientCertificates,
      ...optional('truststore', truststore),
      place: place([key]),
    };
  };
  const tls = tlsOf('tls');
  const idp = document['saml-idp'];
  const publicUrl = document['public-url'];
  return {
    node: document.node,
    ...optional('publicUrl', publicUrl === undefined ? undefined : new URL(publicUrl).origin),
    hostNames: document['host-names'],
    bind: document.bind,
    ports: {
      http: document.ports.http,
      https: document.ports.https,
      managementHttp: document.ports['management-http'],
      managementHttps: document.ports['management-https'],
    },
    ...optional('tls', tls),
    // Health checks have no certificate: management asks for one only where its own setting says so.
    ...optional('managementTls', tlsOf('management-tls') ?? withoutClientCertificates(tls)),
    trustedProxies: document['trusted-proxies'],
    ...optional('clientCertificateHeader', headerOf(document['client-certificate-header'])),
    truststores: Object.entries(document.truststores).map(([name, truststore]) =>
      resolveTruststore(name, truststore, place(['truststores', name])),
    ),
    sessions: {
      cookieName: document.sessions['cookie-name'],
      idleSeconds: document.sessions['idle-seconds'],
      lifetimeSeconds: document.sessions['lifetime-seconds'],
    },
    login: {
      pendingSeconds: document.login['pending-seconds'],
      moduleDeadlineMs: document.login['module-deadline-ms'],
    },
    datasources: Object.entries(document.datasources).flatMap(([name, datasource]) =>
      resolveDatasource(name, datasource, place(['datasources', name])),
    ),
    securityRealms: Object.entries(document['security-realms']).flatMap(([name, realm]) => realmOf(name, realm, place)),
    securityDomains: Object.entries(document['security-domains']).map(([name, domain]) => domainOf(name, domain)),
    applications: Object.entries(document.applications).map(([name, application]) => applicationOf(name, application)),
    ...optional('samlIdp', idp === undefined ? undefined : samlIdpOf(idp)),
    audit: serverAudit,
  };
}

function withoutClientCertificates(tls: TlsConfiguration | undefined): TlsConfiguration | undefined {
  return tls && { certificate: tls.certificate, key: tls.key, clientCertificates: 'none', place: tls.place };
}

function headerOf(written: ConfigurationDocument['client-certificate-header']): ClientCertificateHeader | undefined {
  return written && { format: written.format, ...optional('header', written.header?.toLowerCase()) };
}

function lockOutOf(written: DomainDocument['lock-out']): LockOutConfiguration | undefined {
  return (
    written && {
      attempts: written.attempts,
      perAddressAttempts: written['per-address-attempts'],
      windowMs: written['window-seconds'] * 1000,
      lockMs: written['lock-seconds'] * 1000,
    }
  );
}

/** `RealmDirect`, `RealmDirect-2` …, passing over names that are written. */
function freeName(code: string, taken: ReadonlySet<string>): string {
  let name = code;
  for (let number = 2; taken.has(name); number += 1) {
    name = `${code}-${number}`;
  }
  return name;
}

/** An empty list where the schema's rule of exactly one source does not hold: it never passes the schema. */
function realmOf(
  name: string,
  realm: ConfigurationDocument['security-realms'][string],
  place: PlaceOf,
): readonly RealmConfiguration[] {
  const path = ['security-realms', name];
  const groups = realm.authorization?.properties;
  return realm.authentication.map(({ properties }) => ({
    name,
    authentication: {
      kind: 'properties',
      path: properties.path,
      plainText: properties['plain-text'],
      place: place([...path, 'authentication', 0]),
    },
    ...optional(
      'authorization',
      groups && { kind: 'properties' as const, path: groups.path, place: place([...path, 'authorization']) },
    ),
    mapGroupsToRoles: realm.authorization?.['map-groups-to-roles'] ?? true,
    place: place(path),
  }));
}
