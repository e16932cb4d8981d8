import { describe, expect, it } from 'vitest';
import type { LoginModule, ModuleOutcome } from '../../src/spi/login-module.ts';
import { entry, failed, fakeModule, identityOf, ignored, succeeded } from './fake-modules.ts';
import { down, openStack } from './open-stack.ts';

describe('a login stack', () => {
  it('hands each module the contributions of those before it that succeeded', async () => {
    const last = fakeModule(() => succeeded());
    await openStack([
      entry(
        'required',
        'A',
        fakeModule(() => succeeded(identityOf('a'))),
      ),
      entry(
        'optional',
        'B',
        fakeModule(() => failed()),
      ),
      entry(
        'optional',
        'C',
        fakeModule(() => ignored),
      ),
      entry('required', 'D', last),
    ]).run();
    expect(last.logins[0]?.contributions).toEqual([identityOf('a')]);
  });

  it('neither asks nor takes anything from modules after a sufficient success', async () => {
    const after = fakeModule(() => succeeded({ roles: ['admin'] }));
    const { verdict, steps } = await openStack([
      entry(
        'sufficient',
        'A',
        fakeModule(() => succeeded(identityOf('a'))),
      ),
      entry('required', 'B', after),
    ]).run();
    expect(verdict).toEqual({ status: 'succeeded', contributions: [identityOf('a')] });
    expect(after.logins).toEqual([]);
    expect(steps.map(({ outcome }) => outcome)).toEqual(['succeeded', 'not-reached']);
  });

  it('stops at a challenge and aborts nothing, since the exchange goes on', async () => {
    const challenge = { kind: 'token', token: new Uint8Array([1, 2]) } as const;
    const negotiate = fakeModule((): ModuleOutcome => ({ status: 'challenge', challenge }));
    const after = fakeModule(() => succeeded());
    const { verdict, decidedBy, steps } = await openStack([
      entry('sufficient', 'SPNEGO', negotiate),
      entry('required', 'B', after),
    ]).run();
    expect(verdict).toEqual({ status: 'challenge', challenge });
    expect(decidedBy).toBe('sufficient SPNEGO asks for a token');
    expect(steps.map(({ outcome }) => outcome)).toEqual(['challenge', 'not-reached']);
    expect([...negotiate.aborts, ...after.aborts, ...after.logins]).toEqual([]);
  });

  it('names in the step what a challenge asks for', async () => {
    const asking = fakeModule((): ModuleOutcome => ({ status: 'challenge', challenge: { kind: 'one-time-code' } }));
    const { steps } = await openStack([entry('required', 'Totp', asking)]).run();
    expect(steps).toMatchObject([{ outcome: 'challenge', reason: 'one-time-code' }]);
  });

  it('asks for nothing more once a required module has failed, and lets the modules after it run', async () => {
    const asking = fakeModule((): ModuleOutcome => ({ status: 'challenge', challenge: { kind: 'one-time-code' } }));
    const after = fakeModule(() => succeeded());
    const { verdict, decidedBy, steps } = await openStack([
      entry(
        'required',
        'A',
        fakeModule(() => failed('bad-credential')),
      ),
      entry('required', 'Totp', asking),
      entry('required', 'B', after),
    ]).run();
    expect(verdict).toEqual({ status: 'failed', reason: 'rejected', because: 'bad-credential' });
    expect(decidedBy).toBe('required A failed: bad-credential');
    expect(steps.map(({ outcome }) => outcome)).toEqual(['failed', 'challenge', 'succeeded']);
  });

  it('aborts every module when the login fails, those that were not reached too', async () => {
    const modules = [fakeModule(() => succeeded()), fakeModule(() => failed()), fakeModule(() => succeeded())];
    const flags = ['optional', 'requisite', 'required'] as const;
    await openStack(modules.map((module, n) => entry(flags[n]!, `M${n}`, module))).run();
    expect(modules.map(({ logins }) => logins.length)).toEqual([1, 1, 0]);
    expect(modules.map(({ aborts }) => aborts.length)).toEqual([1, 1, 1]);
  });

  it('aborts nothing when the login succeeds', async () => {
    const module = fakeModule(() => succeeded());
    await openStack([entry('required', 'A', module)]).run();
    expect(module.aborts).toEqual([]);
  });

  it('goes on to abort when an abort cannot ask its store, and says so in the step', async () => {
    const second = fakeModule(() => failed());
    const { verdict, steps } = await openStack([
      entry(
        'required',
        'A',
        fakeModule(
          () => failed(),
          async () => down(),
        ),
      ),
      entry('required', 'B', second),
    ]).run();
    expect(verdict).toMatchObject({ status: 'failed', reason: 'rejected' });
    expect(steps[0]?.reason).toBe('bad-credential; abort: ERR_STORE_UNAVAILABLE');
    expect(second.aborts).toHaveLength(1);
  });

  it('takes an abort that throws for the bug that it is, and aborts the others all the same', async () => {
    const second = fakeModule(() => failed());
    const broken = fakeModule(
      () => failed(),
      async () => {
        throw new TypeError('broken');
      },
    );
    const { verdict, decidedBy } = await openStack([
      entry('required', 'A', broken),
      entry('required', 'B', second),
    ]).run();
    expect(verdict).toMatchObject({ status: 'bug' });
    expect(decidedBy).toBe('abort of required A has a bug');
    expect(second.aborts).toHaveLength(1);
  });

  it('says of each module what it added', async () => {
    const place = { file: 'gatehouse.yaml', line: 12 };
    const contribution = {
      ...identityOf('eric'),
      callerPrincipal: { name: 'Eric', type: 'user' },
      roles: ['all'],
      removedRoles: ['AB'],
    } as const;
    const module = fakeModule(() => succeeded(contribution));
    const { steps } = await openStack([entry('required', 'UsersRoles', module, { name: 'users', place })]).run();
    expect(steps).toEqual([
      {
        code: 'UsersRoles',
        name: 'users',
        flag: 'required',
        outcome: 'succeeded',
        ms: 0,
        stacked: false,
        principals: ['eric', 'Eric'],
        roles: ['all'],
        removedRoles: ['AB'],
        place,
      },
    ]);
  });

  it('measures how long each module took', async () => {
    const { clock, run } = openStack([
      entry(
        'required',
        'A',
        fakeModule(() => {
          clock.advance(7.0625);
          return succeeded();
        }),
      ),
    ]);
    expect((await run()).steps[0]?.ms).toBe(7.063);
  });

  it('closes every module, also after one has failed to close', async () => {
    const closing: LoginModule = {
      login: async () => ignored,
      close: async () => {
        throw new Error('stuck');
      },
    };
    const module = fakeModule(() => ignored);
    const { stack } = openStack([entry('required', 'A', closing), entry('required', 'B', module)]);
    await expect(stack.close()).rejects.toThrow('stuck');
    expect(module.closes).toBe(1);
  });
});
