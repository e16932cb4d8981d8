/** @module The two roles in which an entity is a partner: as a service provider, and as an identity provider. */
import type { IdpMetadata } from '../wire/saml/idp-metadata.ts';
import {
  identityProvider,
  isIdentityProvider,
  isServiceProvider,
  serviceProvider,
} from '../wire/saml/metadata-reader.ts';
import type { SpMetadata } from '../wire/saml/sp-metadata.ts';
import type { XmlElement } from '../wire/xml/element.ts';
import type { EntityRole } from './entity-set.ts';

export function serviceProviders<P>(make: (metadata: SpMetadata) => P): EntityRole<P> {
  return { name: 'service provider', has: isServiceProvider, make: readBy(serviceProvider, make) };
}

export function identityProviders<P>(make: (metadata: IdpMetadata) => P): EntityRole<P> {
  return { name: 'identity provider', has: isIdentityProvider, make: readBy(identityProvider, make) };
}

function readBy<M, P>(
  read: (entity: XmlElement, validUntil: number | undefined) => M | undefined,
  make: (metadata: M) => P,
): EntityRole<P>['make'] {
  return (entity, validUntil) => {
    const metadata = read(entity, validUntil);
    if (metadata === undefined) throw new Error('an entity had a role and has it no more');
    return make(metadata);
  };
}
