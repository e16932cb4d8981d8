/** @module What the schema cannot say about applications as service providers: that somebody is there to sign people in, and that what is written has an effect. */
import { isApplicationsOwn } from './mechanism-findings.ts';
import { type PartnerDocument, sourceFindings } from './partner-findings.ts';
import type { Finding } from './problem.ts';
import type { ConfigurationDocument } from './schema.ts';

const mechanism = 'SAML';

type ApplicationDocument = ConfigurationDocument['applications'][string];

export function samlSpFindings(document: ConfigurationDocument): readonly Finding[] {
  const sp = document['saml-sp'];
  const providers = Object.entries(sp?.['identity-providers'] ?? {});
  const sources = providers.map(([key, provider]): readonly [readonly string[], PartnerDocument] => [
    ['saml-sp', 'identity-providers', key],
    provider,
  ]);
  const entityIds = new Map<string, string>();
  return [
    ...sourceFindings(sources),
    ...Object.entries(document.applications).flatMap(([name, application]) => {
      const own = application['saml-sp'];
      const entityId = own?.['entity-id'];
      const other = entityId === undefined ? undefined : entityIds.get(entityId);
      if (entityId !== undefined) entityIds.set(entityId, name);
      const path = ['applications', name];
      return [
        ...usageFindings(document, application, path),
        ...(other === undefined
          ? []
          : [{ path: [...path, 'saml-sp', 'entity-id'], message: `is the entityID of the application "${other}"` }]),
        ...artifactFindings(document, application, path),
      ];
    }),
    ...(listsSaml(document['saml-idp']?.mechanisms)
      ? [
          {
            path: ['saml-idp', 'mechanisms'],
            message: 'SAML is for applications: the identity provider does not send people on to another one',
          },
        ]
      : []),
  ];
}

function usageFindings(document: ConfigurationDocument, application: ApplicationDocument, path: readonly string[]) {
  const uses = usesSaml(document, application);
  if (uses && document['saml-sp'] === undefined) {
    return [{ path, message: 'has the mechanism SAML, but there is no section saml-sp that names identity providers' }];
  }
  if (uses || application['saml-sp'] === undefined) return [];
  return [{ path: [...path, 'saml-sp'], message: 'has no effect: the application has no mechanism SAML' }];
}

/** An artifact names its issuer by a hash: whoever is to be found by it must be known before. */
function artifactFindings(document: ConfigurationDocument, application: ApplicationDocument, path: readonly string[]) {
  const own = application['saml-sp'];
  const providers = document['saml-sp']?.['identity-providers'] ?? {};
  if (own?.['response-binding'] !== 'artifact') return [];
  return (own['identity-providers'] ?? Object.keys(providers)).flatMap((key) =>
    Object.hasOwn(providers, key) && providers[key]?.mdq !== undefined
      ? [
          {
            path: [...path, 'saml-sp', 'response-binding'],
            message: `does not go with the identity provider "${key}", whose metadata is asked for one by one (mdq)`,
          },
        ]
      : [],
  );
}

function usesSaml(document: ConfigurationDocument, application: ApplicationDocument): boolean {
  if (listsSaml(application.mechanisms)) return true;
  const domains = document['security-domains'];
  const name = application['security-domain'];
  const jaspi = Object.hasOwn(domains, name) ? domains[name]?.['authentication-jaspi'] : undefined;
  return jaspi?.['auth-modules'].some(({ code }) => !isApplicationsOwn(code) && isSaml(code)) === true;
}

function listsSaml(mechanisms: ApplicationDocument['mechanisms']): boolean {
  return mechanisms?.some((written) => isSaml(typeof written === 'string' ? written : written.name)) === true;
}

const isSaml = (name: string) => name.toUpperCase() === mechanism;
