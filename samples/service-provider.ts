/** @module The SAML side of a sample application, by `@node-saml/node-saml`: a service provider that Gatehouse did not write. */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { entityIdOf, originOf, type SampleApp } from './apps.ts';

/** What an application needs to know of an identity provider. */
export interface IdentityProvider {
  readonly ssoUrl: string;
  readonly certificatePem: string;
}

const unspecifiedNameId = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

/** Requests are answered once, within ten minutes, by an assertion signed with the provider's key and made for this application. */
export function createServiceProvider(app: SampleApp, provider: IdentityProvider): SAML {
  return new SAML({
    issuer: entityIdOf(app),
    audience: entityIdOf(app),
    callbackUrl: `${originOf(app)}/saml/acs`,
    entryPoint: provider.ssoUrl,
    idpCert: provider.certificatePem,
    identifierFormat: unspecifiedNameId,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    requestIdExpirationPeriodMs: 600_000,
    acceptedClockSkewMs: 5_000,
  });
}

/** The application's metadata document. The provider's place is not part of it. */
export function serviceProviderMetadata(app: SampleApp): string {
  const provider = { ssoUrl: 'http://localhost/', certificatePem: 'none' };
  return createServiceProvider(app, provider).generateServiceProviderMetadata(null, null);
}

/** Values of the attribute `Role`, whether it came as one value or as many. */
export function rolesOf(profile: Readonly<Record<string, unknown>>): readonly string[] {
  const value = profile['Role'];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((role) => typeof role === 'string');
}
