/** @module Where a partner is told of a logout: the back channel where it has one, else the browser (saml-profiles §4.4.3). */
import type { RespondingEndpoint } from '../wire/saml/sp-metadata.ts';
import type { LogoutPartner } from './logout-partner.ts';

export interface LogoutWay {
  readonly way: 'back' | 'front';
  readonly endpoint: RespondingEndpoint;
}

export function logoutWayOf(partner: LogoutPartner): LogoutWay | undefined {
  const soap = endpointOf(partner, 'SOAP');
  if (soap !== undefined) return { way: 'back', endpoint: soap };
  const endpoint = browserEndpointOf(partner);
  return endpoint && { way: 'front', endpoint };
}

/** Redirect before POST: it needs no script. */
export function browserEndpointOf(partner: LogoutPartner): RespondingEndpoint | undefined {
  return endpointOf(partner, 'HTTP-Redirect') ?? endpointOf(partner, 'HTTP-POST');
}

function endpointOf(partner: LogoutPartner, binding: RespondingEndpoint['binding']): RespondingEndpoint | undefined {
  return partner.singleLogoutServices.find((service) => service.binding === binding);
}
