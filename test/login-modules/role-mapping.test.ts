/** @module Login module RoleMapping: roles out of roles, in one pass. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roleMapping } from '../../login-modules/role-mapping.ts';
import type { Contribution } from '../../src/spi/login-module.ts';
import { loginModuleConformance } from '../conformance/login-module.ts';
import { allEvidenceKinds, password } from '../support/plugin-evidence.ts';
import { loginContext, pluginServices } from '../support/plugin-services.ts';

const evidence = password('alice', 'secret');

loginModuleConformance({
  factory: roleMapping,
  options: { rolesProperties: 'map.properties', 'password-stacking': 'useFirstPass' },
  services: () => pluginServices({ files: { 'map.properties': 'staff=reader,writer\n' } }),
  accepted: { evidence, roles: [] },
  otherKinds: allEvidenceKinds,
  publishes: 'nothing',
  stacking: false,
});

/** The roles that a subject has after the module, as the engine puts them together: additions, then removals. */
async function rolesAfter(file: string, contributions: readonly Contribution[], replaceRole = false) {
  const options = { rolesProperties: 'map.properties', replaceRole };
  const module = await roleMapping.create(options, pluginServices({ files: { 'map.properties': file } }));
  const outcome = await module.login(loginContext(evidence, { contributions }));
  if (outcome.status !== 'succeeded') throw new Error('did not succeed');
  const roles = new Set(contributions.flatMap(({ roles: before = [] }) => before));
  for (const role of outcome.contribution.roles ?? []) roles.add(role);
  for (const role of outcome.contribution.removedRoles ?? []) roles.delete(role);
  return [...roles].sort();
}

describe('RoleMapping', () => {
  it.each([
    ['adds the mapped roles', 'a=x,y\n', ['a', 'z'], false, ['a', 'x', 'y', 'z']],
    ['puts them in the place of the role with replaceRole', 'a=x,y\n', ['a', 'z'], true, ['x', 'y', 'z']],
    ['maps no role that is not there', 'b=x\n', ['a'], true, ['a']],
    ['maps nothing where there are no roles', 'a=x\n', [], true, []],
    ['goes over the roles that were there before, and not over those it adds', 'a=b\nb=c\n', ['a'], false, ['a', 'b']],
    ['replaces the roles that were there before only', 'a=b\nb=c\n', ['a'], true, ['b']],
    ['keeps a role that another one is mapped to', 'a=b\nb=c\n', ['a', 'b'], true, ['b', 'c']],
    ['exchanges two roles', 'a=b\nb=a\n', ['a', 'b'], true, ['a', 'b']],
    ['takes a role away that is mapped to itself, as JBoss does', 'a=a,x\n', ['a'], true, ['x']],
    ['takes a role away that is mapped to nothing', 'a=\n', ['a', 'z'], true, ['z']],
    ['does not trim', 'a= x, y\n', ['a'], false, [' y', 'a', 'x']],
  ] as const)('%s', async (_, file, roles, replaceRole, expected) => {
    expect(await rolesAfter(file, [{ roles: [...roles] }], replaceRole)).toEqual(expected);
  });

  it('sees no role that an earlier module has taken away', async () => {
    const options = { rolesProperties: 'map.properties' };
    const module = await roleMapping.create(options, pluginServices({ files: { 'map.properties': 'a=x\n' } }));
    const contributions = [{ roles: ['a'] }, { removedRoles: ['a'] }];
    expect(await module.login(loginContext(evidence, { contributions }))).toMatchObject({
      contribution: { roles: [], removedRoles: [] },
    });
  });

  it('gives the same whatever the order of the file and of the roles', async () => {
    const lines = ['a=b,c', 'b=c,d', 'c=a', 'd=d'];
    const shuffled = fc.tuple(
      fc.shuffledSubarray(lines, { minLength: lines.length }),
      fc.shuffledSubarray(['a', 'b', 'd', 'z'], { minLength: 4 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([file, roles, replaceRole]) => {
        const plain = await rolesAfter(lines.join('\n'), [{ roles: ['a', 'b', 'd', 'z'] }], replaceRole);
        expect(await rolesAfter(file.join('\n'), [{ roles }], replaceRole)).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });

  it('names nobody: alone in a stack it lets nobody in', async () => {
    const services = pluginServices({ files: { 'map.properties': '' } });
    const module = await roleMapping.create({ rolesProperties: 'map.properties' }, services);
    const outcome = await module.login(loginContext(evidence));
    expect(outcome).toEqual({ status: 'succeeded', contribution: { roles: [], removedRoles: [] } });
  });

  it('cannot ask while there is no file', async () => {
    const module = await roleMapping.create({ rolesProperties: 'map.properties' }, pluginServices());
    await expect(module.login(loginContext(evidence))).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  it('needs the name of its file', () => {
    expect(roleMapping.options.safeParse({}).success).toBe(false);
  });
});
