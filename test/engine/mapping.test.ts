import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { AttributeMapper, CredentialMapper, PrincipalMapper, RoleMapper } from '../../src/spi/mapping.ts';
import { entry, fakeModule, never, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const roleMapper = (code: string, map: RoleMapper['map']) => ({ code, mapper: { type: 'role', map } as const });
const principalMapper = (code: string, map: PrincipalMapper['map']) => ({
  code,
  mapper: { type: 'principal', map } as const,
});
const credentialMapper = (map: CredentialMapper['map']) => ({
  code: 'SubjectDNMapper',
  mapper: { type: 'credential', map } as const,
});
const attributeMapper = (map: AttributeMapper['map']) => ({
  code: 'LdapAttributes',
  mapper: { type: 'attribute', map } as const,
});
const module = () => fakeModule(() => succeeded({ identity: { name: 'eric', type: 'user' }, roles: ['all'] }));
const stackOf = (one = module()) => [entry('required', 'A', one)];

describe('mapping', () => {
  it('runs role mappers in order, each on what the one before it made', async () => {
    const { domain } = openDomain(stackOf(), {
      mappers: [
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
      // The order of types is ours, whatever the order of the configuration.
      mappers: [
        principalMapper('Upper', async ({ name, type }) => ({ name: name.toUpperCase(), type })),
        roleMapper('SimpleRoles', async (roles, { callerPrincipal }) => [...roles, callerPrincipal.name]),
      ],
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
      mappers: [roleMapper('Twice', async (roles) => [...roles, ...roles])],
    });
    expect((await domain.login(passwordOf('eric'), request)).trace.roles).toEqual(['all']);
  });

  it('says which line of configuration a step comes from', async () => {
    const place = { file: 'gatehouse.yaml', line: 9 };
    const { domain } = openDomain(stackOf(), {
      mappers: [{ ...roleMapper('Same', async (roles) => roles), place }],
    });
    expect((await domain.login(passwordOf('eric'), request)).trace.mapping[0]?.place).toEqual(place);
  });

  it('fails the login and aborts the modules when a mapper cannot ask its store', async () => {
    const one = module();
    const { domain } = openDomain(stackOf(one), {
      mappers: [
        roleMapper('LdapRoles', async () => {
          throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
        }),
      ],
    });
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      status: 'denied',
      reason: 'unavailable',
      trace: {
        decidedBy: 'role mapper LdapRoles failed: ERR_STORE_UNAVAILABLE',
        roles: [],
        mapping: [{ type: 'role', code: 'LdapRoles', before: ['all'], after: ['all'], fault: 'ERR_STORE_UNAVAILABLE' }],
      },
    });
    expect(one.aborts).toHaveLength(1);
  });

  it('does not wait for a mapper beyond the deadline', async () => {
    const { domain, clock } = openDomain(stackOf(), {
      mappers: [
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
      mappers: [
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
      mappers: [
        principalMapper('Broken', async () => {
          throw new TypeError('broken');
        }),
      ],
    });
    await expect(domain.login(passwordOf('eric'), request)).rejects.toMatchObject({ code: 'ERR_LOGIN_MODULE_BUG' });
    expect(auditor.events).toMatchObject([{ outcome: 'failure', trace: { outcome: 'bug' } }]);
    expect(one.aborts).toHaveLength(1);
  });

  it('tells a mapper whether it is a dry run, where to the person wants, and when to stop', async () => {
    const seen: unknown[] = [];
    const { domain } = openDomain(stackOf(), {
      mappers: [
        roleMapper('Looks', async (roles, _subject, { signal, ...context }) => {
          seen.push(context, signal.aborted);
          return roles;
        }),
      ],
    });
    await domain.login(passwordOf('eric'), { ...request, application: 'shop', dryRun: true });
    expect(seen).toEqual([{ dryRun: true, application: 'shop' }, false]);
  });

  it('aborts the work of a mapper at the deadline', async () => {
    let signal: AbortSignal | undefined;
    const { domain, clock } = openDomain(stackOf(), {
      mappers: [
        roleMapper('Slow', (_roles, _subject, context) => {
          signal = context.signal;
          queueMicrotask(() => clock.advance(100));
          return never();
        }),
      ],
    });
    await domain.login(passwordOf('eric'), request);
    expect(signal?.aborted).toBe(true);
  });

  it('shows of attributes the names and never the values', async () => {
    const { domain } = openDomain(stackOf(), {
      mappers: [attributeMapper(async (attributes) => ({ ...attributes, mail: ['eric@example.com'] }))],
    });
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({ subject: { attributes: { mail: ['eric@example.com'] } } });
    expect(result.trace.mapping).toEqual([{ type: 'attribute', code: 'LdapAttributes', before: [], after: ['mail'] }]);
    expect(JSON.stringify(result.trace)).not.toContain('eric@example.com');
  });
});

describe('a mapper of certificates', () => {
  const certificate = new Uint8Array([0x30, 0x00]);
  const byCertificate = { kind: 'certificate', chain: [certificate] } as const;
  const named = credentialMapper(async () => ({ name: 'CN=eric', type: 'x500' }));

  it('names whoever a login module has proved by his certificate', async () => {
    const proving = fakeModule(() => succeeded({ identity: { name: 'eric', type: 'user' }, certificate }));
    const { domain } = openDomain(stackOf(proving), { mappers: [named] });
    const { trace } = await domain.login(byCertificate, request);
    expect(trace.principal).toBe('CN=eric');
    expect(trace.mapping).toEqual([
      { type: 'credential', code: 'SubjectDNMapper', before: ['eric'], after: ['CN=eric'] },
    ]);
  });

  it('believes no certificate that was only shown', async () => {
    const { domain } = openDomain(stackOf(), { mappers: [named] });
    expect((await domain.login(byCertificate, request)).trace.principal).toBe('eric');
  });
});
