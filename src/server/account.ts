/** @module Which domains' people may set up an authenticator, and where they sign in for it. */
import type { Configuration } from '../config/configuration.ts';
import type { AccountOptions, Entrance } from '../protocols/account/endpoints.ts';
import type { SecurityDomain } from '../spi/security-domain.ts';

/** The identity provider first, then applications in their order. `undefined`: no domain that a page leads into has one-time codes. */
export function accountEntrances(
  { samlIdp, applications }: Configuration,
  domains: ReadonlyMap<string, SecurityDomain>,
): AccountOptions['entrances'] | undefined {
  const places = [...(samlIdp === undefined ? [] : [samlIdp]), ...applications];
  const [first, ...others] = places.flatMap(({ securityDomain, mechanisms }): readonly Entrance[] =>
    mechanisms.includes('FORM') && domains.get(securityDomain)?.oneTimeCodes !== undefined
      ? [{ domain: securityDomain, mechanisms }]
      : [],
  );
  return first === undefined ? undefined : [first, ...others];
}
