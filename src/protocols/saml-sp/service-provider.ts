/** @module One application as a SAML service provider: its names, its addresses, and at whom people sign in for it. */
import type { IdentityProviders } from './identity-providers.ts';

export interface ServiceProvider {
  /** The application's name, and that of the path segment of its endpoints. */
  readonly application: string;
  readonly domain: string;
  /** The name of its mechanism stack. */
  readonly entrance: string;
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** Where people land who did not come from anywhere. */
  readonly frontPage: string;
  /** How answers are asked for. Artifacts are taken only where it is `HTTP-Artifact`; posts always. */
  readonly responseBinding: 'HTTP-POST' | 'HTTP-Artifact';
  readonly providers: IdentityProviders;
  /** The signed document. */
  readonly metadata: () => Promise<string>;
}

export const acsPath = (application: string) => `/saml/sp/${encodeURIComponent(application)}/acs`;
export const sloPath = (application: string) => `/saml/sp/${encodeURIComponent(application)}/slo`;
export const metadataPath = (application: string) => `/saml/sp/${encodeURIComponent(application)}/metadata`;
export const continuePath = (application: string) => `/saml/sp/${encodeURIComponent(application)}/continue`;
export const loginPath = (application: string) => `/saml/sp/${encodeURIComponent(application)}/login`;
