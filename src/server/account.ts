/** @module Which domains' people may set up an authenticator, and where they sign in for it. */
import type { Configuration } from '../config/configuration.ts';
import type { MechanismStack } from '../engine/mechanism-stack.ts';
import type { AccountOptions, SignInPlace } from '../protocols/account/endpoints.ts';
import type { OneTimeCodes } from '../spi/one-time-codes.ts';
import type { Domains } from './domains.ts';
import { applicationEntrance, samlIdpEntrance } from './entrances.ts';

/** By domain: of the first of its stacks that has them. */
export function oneTimeCodesByDomain({ stacks }: Pick<Domains, 'stacks'>): ReadonlyMap<string, OneTimeCodes> {
  const found = [...stacks].flatMap(([name, ofDomain]) => {
    const codes = [...ofDomain.values()].find(({ oneTimeCodes }) => oneTimeCodes !== undefined)?.oneTimeCodes;
    return codes === undefined ? [] : [[name, codes] as const];
  });
  return new Map(found);
}

/** The identity provider first, then applications in their order. `undefined`: no domain that a page leads into has one-time codes. */
export function accountPlaces(
  { applications }: Configuration,
  entrances: ReadonlyMap<string, MechanismStack>,
  codes: ReadonlyMap<string, OneTimeCodes>,
): AccountOptions['places'] | undefined {
  const names = [samlIdpEntrance, ...applications.map(({ name }) => applicationEntrance(name))];
  const [first, ...others] = names.flatMap((entrance): readonly SignInPlace[] => {
    const stack = entrances.get(entrance);
    const hasForm = stack?.mechanisms.some(({ name }) => name === 'FORM') === true;
    return stack !== undefined && hasForm && codes.has(stack.domain) ? [{ domain: stack.domain, entrance }] : [];
  });
  return first === undefined ? undefined : [first, ...others];
}
