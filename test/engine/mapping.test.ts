import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { PrincipalMapper, RoleMapper } from '../../src/spi/mapping.ts';
import { entry, fakeModule, never, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const roleMapper = (code: string, map: RoleMapper['map']) => ({ mapper: { code, map } });
const principalMapper = (code: string, map: PrincipalMapper['map']) => ({ mapper: { code, map } });
const module = () => fakeModule(() => succeeded({ identity: { name: 'eric', type: 'user' }, roles: ['all'] }));
const stackOf = (one = module()) => [entry('required', 'A', one)];

describe('mapping', () => {
  it('runs role mappers in order, each on what the one before it made', async () => {
    const { domain } = openDomain(stackOf(), {
      roleMappers: [
        roleMapper('Add', async (roles) => [...roles, 'AB']),
        roleMapper('Replace', async (roles) => roles.map((role) => role.toLowerCase())),
      ],
    });
    const { trace } = await domain.login(passwordOf('eric'), request);
    expect(trace.roles).toEqual(['all', 'ab']);
    expect(trace.mapping).toEqual([
      { type: 'role', code: 'Add', before: ['all'], after: ['all', 'AB'] },
      { type: 'role', code: 'Replace', before: ['all', 'AB'], after: ['all', 'ab'] },
    ]);
  });

  it('maps roles under the name that the stack proved, and then the name', async () => {
    const { domain } = openDomain(stackOf(), {
      roleMappers: [roleMapper('SimpleRoles', async (roles, { callerPrincipal }) => [...roles, callerPrincipal.name])],
      principalMappers: [principalMapper('Upper', async ({ name, type }) => ({ name: name.toUpperCase(), type }))],
    });
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      subject: { callerPrincipal: { name: 'ERIC' }, roles: ['all', 'eric'] },
      trace: {
        principal: 'ERIC',
        mapping: [{ type: 'role' }, { type: 'principal', before: ['eric'], after: ['ERIC'] }],
      },
    });
  });

  it('repeats no role', async () => {
    const { domain } = openDomain(stackOf(), {
      roleMappers: [roleMapper('Twice', async (roles) => [...roles, ...roles])],
    });
    expect((await domain.login(passwordOf('eric'), request)).trace.roles).toEqual(['all']);
  });

  it('says which line of configuration a step comes from', async () => {
    const place = { file: 'gatehouse.yaml', line: 9 };
    const { domain } = openDomain(stackOf(), {
      roleMappers: [{ ...roleMapper('Same', async (roles) => roles), place }],
    });
    expect((await domain.login(passwordOf('eric'), request)).trace.mapping[0]?.place).toEqual(place);
  });

  it('fails the login and aborts the modules when a mapper cannot ask its store', async () => {
    const one = module();
    const { domain } = openDomain(stackOf(one), {
      roleMappers: [
        roleMapper('LdapRoles', async () => {
          throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
        }),
      ],
    });
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      status: 'denied',
      reason: 'unavailable',
      trace: { decidedBy: 'role mapper LdapRoles failed: ERR_STORE_UNAVAILABLE', roles: [] },
    });
    expect(one.aborts).toHaveLength(1);
  });

  it('does not wait for a mapper beyond the deadline', async () => {
    const { domain, clock } = openDomain(stackOf(), {
      roleMappers: [
        roleMapper('Slow', () => {
          // Once the mapper has been called, its timer is already running.
          queueMicrotask(() => clock.advance(100));
          return never();
        }),
      ],
    });
    expect(await domain.login(passwordOf('eric'), request)).toMatchObject({ status: 'denied', reason: 'unavailable' });
  });

  it('aborts each module once when neither the mapping nor the audit can be done', async () => {
    const one = module();
    const { domain, auditor } = openDomain(stackOf(one), {
      roleMappers: [
        roleMapper('LdapRoles', async () => {
          throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
        }),
      ],
    });
    auditor.failing = true;
    await expect(domain.login(passwordOf('eric'), request)).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(one.aborts).toHaveLength(1);
  });

  it('takes any other error of a mapper for the bug that it is', async () => {
    const one = module();
    const { domain, auditor } = openDomain(stackOf(one), {
      principalMappers: [
        principalMapper('Broken', async () => {
          throw new TypeError('broken');
        }),
      ],
    });
    await expect(domain.login(passwordOf('eric'), request)).rejects.toMatchObject({ code: 'ERR_LOGIN_MODULE_BUG' });
    expect(auditor.events).toMatchObject([{ outcome: 'failure', trace: { outcome: 'bug' } }]);
    expect(one.aborts).toHaveLength(1);
  });
});
