/** @module The SAML side of a sample application, by `@node-saml/node-saml`: a service provider that Gatehouse did not write. */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { entityIdOf, originOf, type SampleApp } from './apps.ts';

/** What an application needs to know of an identity provider. */
export interface IdentityProvider {
  readonly ssoUrl: string;
  readonly sloUrl: string;
  readonly certificatePem: string;
}

/** With which the applications sign, PEM: one pair does for all of them. */
export interface OwnKeys {
  readonly keyPem: string;
  readonly certificatePem: string;
}

const unspecifiedNameId = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

/**
 * Requests are signed, and answered once, within ten minutes, by an assertion signed with the provider's key and made for
 * this application. Messages of single logout come by POST and go by Redirect, as node-saml has it.
 */
export function createServiceProvider(app: SampleApp, provider: IdentityProvider, keys: OwnKeys): SAML {
  return new SAML({
    issuer: entityIdOf(app),
    audience: entityIdOf(app),
    callbackUrl: `${originOf(app)}/saml/acs`,
    entryPoint: provider.ssoUrl,
    logoutUrl: provider.sloUrl,
    logoutCallbackUrl: `${originOf(app)}/saml/slo`,
    idpCert: provider.certificatePem,
    privateKey: keys.keyPem,
    publicCert: keys.certificatePem,
    signatureAlgorithm: 'sha256',
    identifierFormat: unspecifiedNameId,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    requestIdExpirationPeriodMs: 600_000,
    acceptedClockSkewMs: 5_000,
  });
}

/** The application's metadata document. The provider's place is not part of it. */
export function serviceProviderMetadata(app: SampleApp, keys: OwnKeys): string {
  const provider = { ssoUrl: 'http://localhost/', sloUrl: 'http://localhost/', certificatePem: 'none' };
  return createServiceProvider(app, provider, keys).generateServiceProviderMetadata(null, keys.certificatePem);
}
