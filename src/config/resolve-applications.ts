/** @module Applications of the checked document, made into what the rest of the house reads. */
import type { ApplicationConfiguration } from './configuration.ts';
import { optional, type ResolveContext } from './resolve-context.ts';
import { resolveMechanisms } from './resolve-mechanisms.ts';
import { resolveApplicationSamlSp } from './resolve-saml-sp.ts';
import type { ConfigurationDocument } from './schema.ts';

export function resolveApplication(
  name: string,
  application: ConfigurationDocument['applications'][string],
  context: ResolveContext,
): ApplicationConfiguration {
  const { place } = context;
  const path = ['applications', name];
  return {
    name,
    securityDomain: application['security-domain'],
    ...optional('mechanisms', resolveMechanisms(application.mechanisms, [...path, 'mechanisms'], context)),
    contextPath: application['context-path'] ?? `/${name}`,
    upstream: new URL(application.upstream).origin,
    constraints: application.constraints.map(({ roles, methods, ...constraint }, index) => ({
      ...constraint,
      ...optional('roles', roles),
      ...optional('methods', methods),
      place: place([...path, 'constraints', index]),
    })),
    ...optional('samlSp', application['saml-sp'] && resolveApplicationSamlSp(application['saml-sp'])),
    roleMapping: new Map(Object.entries(application['role-mapping'] ?? {})),
    place: place(path),
  };
}
