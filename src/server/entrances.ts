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
import type { Domains } from './domains.ts';

/** Names that parked requests carry: they must mean the same on every node. */
export const samlIdpEntrance = 'saml-idp';

export function applicationEntrance(name: string): string {
  return `application:${name}`;
}

interface Entrance {
  readonly securityDomain: string;
  readonly mechanisms?: readonly MechanismConfiguration[];
}

export function buildEntrances(
  configuration: Configuration,
  built: Pick<Domains, 'domains' | 'stacks'> & { readonly catalog: Pick<Catalog, 'mechanisms'> },
  services: MechanismServices,
): ReadonlyMap<string, MechanismStack> {
  function make({ name, options }: MechanismConfiguration): HttpMechanism {
    return found(built.catalog.mechanisms.find(name), name).create(options, services);
  }

  function entriesOf({ securityDomain, mechanisms = [] }: Entrance): readonly MechanismEntry[] {
    const domain = built.domains.get(securityDomain);
    const jaspi = configuration.securityDomains.find(({ name }) => name === securityDomain)?.jaspi;
    const asksApplication = jaspi?.authModules.some(({ mechanism }) => mechanism === 'application') === true;
    if (jaspi === undefined || (mechanisms.length > 0 && !asksApplication)) {
      return [{ flag: 'required', mechanisms: mechanisms.map(make), domain: present(domain, securityDomain) }];
    }
    return jaspi.authModules.map(({ mechanism, flag, stack, place }) => ({
      flag,
      mechanisms: mechanism === 'application' ? mechanisms.map(make) : [make(mechanism)],
      domain: present(built.stacks.get(securityDomain)?.get(stack), securityDomain),
      place,
    }));
  }

  const entrances = new Map<string, MechanismStack>();
  const add = (name: string, entrance: Entrance) =>
    entrances.set(
      name,
      createMechanismStack({
        domain: entrance.securityDomain,
        entries: entriesOf(entrance),
        timers: systemTimers,
        deadlineMs: configuration.login.moduleDeadlineMs,
      }),
    );
  for (const application of configuration.applications) add(applicationEntrance(application.name), application);
  if (configuration.samlIdp !== undefined) add(samlIdpEntrance, configuration.samlIdp);
  return entrances;
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
