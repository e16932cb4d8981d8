/** @module A security domain with an authentication cache: when its modules are asked, told, and passed over. */
import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import type { SecurityDomainOptions, StackModule } from '../../src/engine/security-domain.ts';
import type { Logger } from '../../src/spi/logger.ts';
import type { LogoutContext, ModuleOutcome } from '../../src/spi/login-module.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { entry, fakeModule, fakeUsers, identityOf, never, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';
import { down } from './open-stack.ts';

function open(modules: readonly StackModule[], changes: Partial<SecurityDomainOptions> = {}) {
  const warnings: unknown[] = [];
  const logger: Logger = {
    info: () => undefined,
    warn: (facts) => void warnings.push(facts),
    error: (facts) => void warnings.push(facts),
  };
  const cache = { rule: { maxEntries: 10, lifetimeMs: 60_000 }, logger };
  const opened = openDomain(modules, { cache, ...changes });
  const login = (password = 'secret', more: { readonly dryRun?: boolean } = {}) =>
    opened.domain.login(passwordOf('eric', password), { ...request, ...more });
  return { ...opened, login, warnings };
}

function users() {
  const module = fakeUsers({ eric: 'secret' });
  return { module, modules: [entry('required', 'UsersRoles', module)] };
}

describe('a domain with a cache', () => {
  it('asks its modules once for one credential', async () => {
    const { module, modules } = users();
    const { login } = open(modules);
    const [first, second] = [await login(), await login()];
    expect(module.logins).toHaveLength(1);
    expect(second).toMatchObject({ status: 'authenticated', subject: { roles: ['role of eric'] } });
    expect(second.trace).toMatchObject({
      decidedBy: `cached decision ${first.trace.id}`,
      principal: 'eric',
      modules: [{ code: 'UsersRoles', outcome: 'not-reached' }],
    });
  });

  it('writes an audit record of a hit as of any login', async () => {
    const { login, auditor } = open(users().modules);
    await login();
    const { trace } = await login();
    expect(auditor.events).toHaveLength(2);
    expect(auditor.events[1]).toMatchObject({
      type: 'login',
      outcome: 'success',
      principal: 'eric',
      decision: trace.id,
    });
  });

  it('maps the roles of a hit anew', async () => {
    let role = 'first';
    const mapper = { code: 'Changing', mapper: { type: 'role', map: async () => [role] } as const };
    const { login } = open(users().modules, { mappers: [mapper] });
    await login();
    role = 'second';
    expect(await login()).toMatchObject({ subject: { roles: ['second'] } });
  });

  it('does not keep what could not be recorded', async () => {
    const { module, modules } = users();
    const { login, auditor } = open(modules);
    auditor.failing = true;
    await expect(login()).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    auditor.failing = false;
    await login();
    expect(module.logins).toHaveLength(2);
  });

  it('does not keep a login that a mapper refused', async () => {
    const { module, modules } = users();
    let broken = true;
    const map = async () => {
      if (broken) throw new TypeError('bug');
      return [];
    };
    const { login } = open(modules, { mappers: [{ code: 'M', mapper: { type: 'role', map } }] });
    await expect(login()).rejects.toMatchObject({ code: 'ERR_LOGIN_MODULE_BUG' });
    broken = false;
    await login();
    expect(module.logins).toHaveLength(2);
  });

  it('does not keep bytes that are good once', async () => {
    const module = fakeModule(() => succeeded({ ...identityOf('eric'), reply: Uint8Array.of(1) }));
    const { login, domain } = open([entry('required', 'M', module)]);
    await login();
    expect(domain.cache?.principals()).toEqual([]);
  });

  it('does not keep a login for which a store could not be asked', async () => {
    const roles = fakeModule(down);
    const { login, domain } = open([...users().modules, entry('optional', 'Roles', roles)]);
    expect((await login()).status).toBe('authenticated');
    expect(domain.cache?.principals()).toEqual([]);
  });

  it('keeps nothing where a module says that its answers hold for one moment', async () => {
    const { module, modules } = users();
    const code = Object.assign(
      fakeModule(() => succeeded()),
      { neverCached: true },
    );
    const { login, domain } = open([...modules, entry('optional', 'Totp', code)]);
    await login();
    await login();
    expect([module.logins.length, domain.cache?.principals()]).toEqual([2, []]);
  });

  it('keeps counting failures: a lock holds for a cached credential too', async () => {
    const clock = createFakeClock();
    const ephemeral = createMemoryEphemeralStore({ clock });
    const rule = { attempts: 2, perAddressAttempts: 50, windowMs: 60_000, lockMs: 60_000 };
    const { login } = open(users().modules, { lockOut: { rule, ephemeral } });
    await login();
    await login('wrong');
    await login('wrong');
    expect(await login()).toMatchObject({
      status: 'denied',
      trace: { decidedBy: expect.stringContaining('lock-out') },
    });
  });
});

describe('jboss-facts §15 no. 13: a cached login is no second password', () => {
  it('without a cache every login runs the stack', async () => {
    const { module, modules } = users();
    const { domain } = openDomain(modules);
    await domain.login(passwordOf('eric'), request);
    await domain.login(passwordOf('eric'), request);
    expect([module.logins.length, domain.cache]).toEqual([2, undefined]);
  });

  it('a wrong password is refused by the stack and evicts nobody', async () => {
    const { module, modules } = users();
    const { login, domain } = open(modules);
    await login();
    expect((await login('wrong')).status).toBe('denied');
    expect([module.logins.length, domain.cache?.principals()]).toEqual([2, ['eric']]);
    await login();
    expect(module.logins).toHaveLength(2);
  });

  it('a flush makes the next login ask again, and the old password is then no good', async () => {
    const table: Record<string, string> = { eric: 'old' };
    const module = fakeUsers(table);
    const { login, domain } = open([entry('required', 'UsersRoles', module)]);
    await login('old');
    table['eric'] = 'new';
    expect((await login('old')).status).toBe('authenticated');
    await domain.cache?.flush('eric');
    expect([(await login('old')).status, (await login('new')).status]).toEqual(['denied', 'authenticated']);
  });

  it('the login with a new password ends the old one', async () => {
    const table: Record<string, string> = { eric: 'old' };
    const { login } = open([entry('required', 'UsersRoles', fakeUsers(table))]);
    await login('old');
    table['eric'] = 'new';
    await login('new');
    expect((await login('old')).status).toBe('denied');
  });

  it('a disabled user keeps in no longer than the lifetime', async () => {
    const table: Record<string, string> = { eric: 'secret' };
    const { login, clock } = open([entry('required', 'UsersRoles', fakeUsers(table))]);
    await login();
    delete table['eric'];
    clock.advance(60_000);
    expect((await login()).status).toBe('denied');
  });
});

describe('a dry run', () => {
  it('asks the modules although the credential is cached', async () => {
    const { module, modules } = users();
    const { login } = open(modules);
    await login();
    expect((await login('secret', { dryRun: true })).trace.decidedBy).toBe('every required module succeeded');
    expect(module.logins).toHaveLength(2);
  });

  it('leaves nothing in the cache', async () => {
    const { login, domain } = open(users().modules);
    await login('secret', { dryRun: true });
    expect(domain.cache?.principals()).toEqual([]);
  });

  it('makes nobody newer', async () => {
    const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const module = fakeUsers({ eric: 'secret', anna: 'secret' });
    const cache = { rule: { maxEntries: 2, lifetimeMs: 60_000 }, logger };
    const { domain } = openDomain([entry('required', 'U', module)], { cache });
    await domain.login(passwordOf('eric'), request);
    await domain.login(passwordOf('anna'), request);
    await domain.login(passwordOf('eric'), { ...request, dryRun: true });
    expect(domain.cache?.principals()).toEqual(['eric', 'anna']);
  });
});

describe('logout', () => {
  const loggedOut: LogoutContext[] = [];
  const leaving = (logout: (context: LogoutContext) => Promise<void>) => ({
    ...fakeUsers({ eric: 'secret' }),
    logout,
  });

  it('is told to every module when a login is flushed', async () => {
    const module = leaving(async (context) => void loggedOut.push(context));
    const other = { ...fakeModule((): ModuleOutcome => ({ status: 'ignored', note: '' })), logout: module.logout };
    const { login, domain } = open([entry('sufficient', 'A', module), entry('optional', 'B', other)]);
    await login();
    await domain.cache?.flush();
    expect(loggedOut).toHaveLength(2);
    expect(loggedOut[0]).toMatchObject({
      domain: 'other',
      principal: 'eric',
      contributions: [{ roles: ['role of eric'] }],
    });
  });

  it('that fails is logged and keeps nobody in', async () => {
    const broken = leaving(async () => {
      throw new TypeError('bug');
    });
    const { login, domain, warnings } = open([entry('required', 'A', broken)]);
    await login();
    expect([await domain.cache?.flush(), domain.cache?.principals()]).toEqual([1, []]);
    expect(warnings).toMatchObject([{ domain: 'other', module: 'required A', reason: 'TypeError' }]);
  });

  it('that hangs holds a flush up for its deadline and no longer', async () => {
    const { login, domain, clock, warnings } = open([entry('required', 'A', leaving(never))]);
    await login();
    const flushed = domain.cache?.flush();
    clock.advance(100);
    expect(await flushed).toBe(1);
    expect(warnings).toMatchObject([{ reason: 'ERR_DEADLINE_EXCEEDED' }]);
  });

  it('is told of every kept login when the domain closes', async () => {
    const principals: string[] = [];
    const { login, domain } = open([
      entry(
        'required',
        'A',
        leaving(async ({ principal }) => void principals.push(principal)),
      ),
    ]);
    await login();
    await domain.close();
    expect(principals).toEqual(['eric']);
  });
});
