/** @module The checked document made into what the rest of the house reads: defaults followed, codes in the catalogue's spelling, places added. */
import type { Configuration, TlsConfiguration } from './configuration.ts';
import type { ConfigurationCatalog } from './configuration-catalog.ts';
import { resolveDatasource } from './datasources.ts';
import { resolveApplication } from './resolve-applications.ts';
import { optional, type PlaceOf, type ResolveContext } from './resolve-context.ts';
import { type DomainDefaults, resolveAudit, resolveDomain, resolveRealm } from './resolve-domains.ts';
import { resolveSamlIdp } from './resolve-saml-idp.ts';
import { resolveSamlSp } from './resolve-saml-sp.ts';
import type { ConfigurationDocument } from './schema.ts';
import { type ClientCertificateHeader, resolveTruststore } from './truststores.ts';

export function resolveConfiguration(
  document: ConfigurationDocument,
  catalog: ConfigurationCatalog,
  place: PlaceOf,
): Configuration {
  const context: ResolveContext = { catalog, place };
  const defaults: DomainDefaults = {
    audit: resolveAudit(document.audit, ['audit'], context),
    moduleDeadlineMs: document.login['module-deadline-ms'],
  };

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
  const [idp, sp] = [document['saml-idp'], document['saml-sp']];
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
      logout: {
        answerSeconds: document.sessions.logout['answer-seconds'],
        giveUpSeconds: document.sessions.logout['give-up-seconds'],
        onExpiry: document.sessions.logout['on-expiry'],
      },
    },
    login: {
      pendingSeconds: document.login['pending-seconds'],
      moduleDeadlineMs: defaults.moduleDeadlineMs,
    },
    datasources: Object.entries(document.datasources).flatMap(([name, datasource]) =>
      resolveDatasource(name, datasource, place(['datasources', name])),
    ),
    securityRealms: Object.entries(document['security-realms']).flatMap(([name, realm]) =>
      resolveRealm(name, realm, context),
    ),
    securityDomains: Object.entries(document['security-domains']).map(([name, domain]) =>
      resolveDomain(name, domain, defaults, context),
    ),
    applications: Object.entries(document.applications).map(([name, application]) =>
      resolveApplication(name, application, context),
    ),
    ...optional('samlIdp', idp === undefined ? undefined : resolveSamlIdp(idp, context)),
    ...optional('samlSp', sp === undefined ? undefined : resolveSamlSp(sp, context)),
    audit: defaults.audit,
  };
}

function withoutClientCertificates(tls: TlsConfiguration | undefined): TlsConfiguration | undefined {
  return tls && { certificate: tls.certificate, key: tls.key, clientCertificates: 'none', place: tls.place };
}

function headerOf(written: ConfigurationDocument['client-certificate-header']): ClientCertificateHeader | undefined {
  return written && { format: written.format, ...optional('header', written.header?.toLowerCase()) };
}
