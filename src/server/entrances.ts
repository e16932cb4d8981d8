/** @module Builds the mechanism stacks: one for each application and one for the SAML identity provider. */
import { systemTimers } from '../adapters/system-clock.ts';
import type { Catalog } from '../catalog.ts';
import type { Configuration, MechanismConfiguration } from '../config/configuration.ts';
import { createMechanismStack, type MechanismEntry, type MechanismStack } from '../engine/mechanism-stack.ts';
import { factorsWithin } from '../protocols/saml-idp/authn-context.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Factor } from '../spi/factors.ts';
import type { HttpMechanism, MechanismServices } from '../spi/http-mechanism.ts';
import type { SecurityDomain } from '../spi/security-domain.ts';
import { found } from './catalog-answers.ts';
import type { Closers } from './closers.ts';
import type { Domains } from './domains.ts';

/** Names that parked requests carry: they must mean the same on every node. */
export const samlIdpEntrance = 'saml-idp';

/** The same without pages: for clients that bring evidence and request together. */
export const samlEcpEntrance = 'saml-idp-ecp';

export function applicationEntrance(name: string): string {
  return `application:${name}`;
}

interface Entrance {
  /** Of an application. */
  readonly name?: string;
  readonly securityDomain: string;
  readonly mechanisms?: readonly MechanismConfiguration[];
  /** True where nobody looks at a page. */
  readonly withoutPages?: true;
}

/** Asks for the same evidence as FORM, by a header. */
const basicForForm = { from: 'FORM', to: 'BASIC' } as const;

/** What is made is closed by `closers`, also when something after it cannot be made. */
export async function buildEntrances(
  configuration: Configuration,
  built: Pick<Domains, 'domains' | 'stacks'> & { readonly catalog: Pick<Catalog, 'mechanisms'> },
  services: MechanismServices,
  closers: Closers,
): Promise<ReadonlyMap<string, MechanismStack>> {
  async function makeAll(
    configured: readonly MechanismConfiguration[],
    application: string | undefined,
  ): Promise<readonly HttpMechanism[]> {
    const own = application === undefined ? services : { ...services, application };
    const made: HttpMechanism[] = [];
    for (const { name, options } of configured) {
      const factory = found(built.catalog.mechanisms.find(name), name);
      made.push(closers.add(await factory.create(options, own), (open) => open.close?.()));
    }
    return made;
  }

  async function entriesOf(entrance: Entrance): Promise<readonly MechanismEntry[]> {
    const { securityDomain, mechanisms = [], name } = entrance;
    const make = (list: readonly MechanismConfiguration[]) =>
      makeAll(entrance.withoutPages ? pageless(list) : list, name);
    const domain = built.domains.get(securityDomain);
    const jaspi = configuration.securityDomains.find(({ name }) => name === securityDomain)?.jaspi;
    const asksApplication = jaspi?.authModules.some(({ mechanism }) => mechanism === 'application') === true;
    if (jaspi === undefined || (mechanisms.length > 0 && !asksApplication)) {
      return [{ flag: 'required', mechanisms: await make(mechanisms), domain: present(domain, securityDomain) }];
    }
    const entries: MechanismEntry[] = [];
    for (const { mechanism, flag, stack, place } of jaspi.authModules) {
      entries.push({
        flag,
        mechanisms: await make(mechanism === 'application' ? mechanisms : [mechanism]),
        domain: present(built.stacks.get(securityDomain)?.get(stack), securityDomain),
        place,
      });
    }
    return entries;
  }

  const entrances = new Map<string, MechanismStack>();
  const { applications, samlIdp, login } = configuration;
  const places: readonly (readonly [string, Entrance])[] = [
    ...applications.map((one) => [applicationEntrance(one.name), one] as const),
    ...(samlIdp === undefined ? [] : [[samlIdpEntrance, samlIdp] as const]),
    ...(samlIdp?.ecp === true ? [[samlEcpEntrance, { ...samlIdp, withoutPages: true }] as const] : []),
  ];
  for (const [name, place] of places) {
    entrances.set(
      name,
      createMechanismStack({
        domain: place.securityDomain,
        entries: await entriesOf(place),
        timers: systemTimers,
        deadlineMs: login.moduleDeadlineMs,
      }),
    );
  }
  return entrances;
}

/** A domain that takes passwords takes them here too, and one that takes none takes none: flags and stacks stay as they are. */
function pageless(list: readonly MechanismConfiguration[]): readonly MechanismConfiguration[] {
  const { from, to } = basicForForm;
  if (list.some(({ name }) => name === to)) return list.filter(({ name }) => name !== from);
  return list.map((one) => (one.name === from ? { ...one, name: to, options: {} } : one));
}

/** The factors that a login there can prove. */
export function provableAt(
  entrance: MechanismStack | undefined,
  domain: SecurityDomain | undefined,
): readonly Factor[] {
  const names = entrance?.mechanisms.map(({ name }) => name) ?? [];
  return factorsWithin(names, domain?.oneTimeCodes !== undefined);
}

/** The configuration has been checked: every name has its domain and every reference its stack. */
function present(domain: SecurityDomain | undefined, name: string): SecurityDomain {
  if (domain === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no such security domain or login-module-stack', {
      facts: { name },
    });
  }
  return domain;
}
