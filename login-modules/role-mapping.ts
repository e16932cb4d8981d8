/** @module Login module RoleMapping: roles that follow from the roles of earlier modules (jboss-facts §2.6). */
import { z } from 'zod';
import { openFileStore } from '../src/spi/file-store.ts';
import { type Contribution, defineLoginModule } from '../src/spi/login-module.ts';
import { optionFlag, optionText } from '../src/spi/option-values.ts';
import { passwordStackingOption, stopIfAborted } from '../src/spi/username-password-module.ts';
import { parseProperties, propertiesByKey } from '../src/wire/properties-file.ts';

const options = z.strictObject({
  rolesProperties: optionText.describe(
    'File of mappings, a line each: `role=other1,other2`. Relative to the configuration folder, UTF-8, not trimmed at commas.',
  ),
  replaceRole: optionFlag.default(false).describe('Take a role that is mapped away.'),
  'password-stacking': passwordStackingOption['password-stacking'].describe(
    'Accepted, as in JBoss; the module verifies nobody and publishes nobody.',
  ),
});

export const roleMapping = defineLoginModule({
  code: 'RoleMapping',
  summary: 'Adds roles to the roles of earlier modules, or puts others in their place. Verifies nobody.',
  options,
  async create(settings, services) {
    const file = await openFileStore(services, [settings.rolesProperties], parseMappings);
    return {
      async login({ contributions, signal }) {
        stopIfAborted(signal);
        const mappings = await file.read();
        const mapped = rolesOf(contributions).flatMap((role) => {
          const others = mappings.get(role);
          return others === undefined ? [] : [{ role, others }];
        });
        // One pass over the roles that were there before. A role that another one is mapped to stays, though it is mapped itself;
        // that a role is mapped to itself does not keep it (as in JBoss).
        const roles = [
          ...new Set(
            mapped.flatMap(({ role, others }) => others.filter((other) => other !== role || !settings.replaceRole)),
          ),
        ];
        const removedRoles = settings.replaceRole
          ? mapped.map(({ role }) => role).filter((role) => !roles.includes(role))
          : [];
        stopIfAborted(signal);
        return { status: 'succeeded', contribution: { roles, removedRoles } };
      },
    };
  },
});

/** The roles before this module, sorted, so that the outcome never depends on the order of a file or a stack. */
function rolesOf(contributions: readonly Contribution[]): readonly string[] {
  const roles = new Set<string>();
  for (const { roles: added = [], removedRoles = [] } of contributions) {
    for (const role of added) roles.add(role);
    for (const role of removedRoles) roles.delete(role);
  }
  return [...roles].sort();
}

/** Split at commas and not trimmed, as in JBoss. @throws ERR_CONFIG_INVALID with `line` */
function parseMappings(text: string): ReadonlyMap<string, readonly string[]> {
  const entries = [...propertiesByKey(parseProperties(text))];
  return new Map(entries.map(([role, list]) => [role, list.split(',').filter((other) => other !== '')]));
}
