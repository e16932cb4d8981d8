import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { ModuleOutcome } from '../../src/spi/login-module.ts';
import { FAKE_START } from '../support/fake-clock.ts';
import { entry, failed, fakeModule, fakeUsers, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const erics = { identity: { name: 'eric', type: 'user' }, roles: ['all', 'AB'] } as const;
const down = (): never => {
  throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
};
const broken = (): never => {
  throw new TypeError('password is hunter2');
};

describe('a login that succeeds', () => {
  it('answers with the Subject, the replies and the trace', async () => {
    const reply = new Uint8Array([7]);
    const { domain } = openDomain([
      entry(
        'required',
        'A',
        fakeModule(() => succeeded({ ...erics, reply })),
      ),
      entry(
        'optional',
        'B',
        fakeModule(() => failed()),
      ),
    ]);
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      status: 'authenticated',
      subject: { callerPrincipal: { name: 'eric', type: 'user' }, roles: ['all', 'AB'], groups: {}, attributes: {} },
      replies: [reply],
    });
  });

  it('is explained by its trace', async () => {
    const { domain, clock } = openDomain([
      entry(
        'required',
        'A',
        fakeModule(() => {
          clock.advance(5);
          return succeeded(erics);
        }),
      ),
    ]);
    const { trace } = await domain.login(passwordOf('eric'), request);
    expect(trace).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: FAKE_START,
      domain: 'other',
      configRevision: 'r1',
      evidence: 'password',
      mechanism: 'FORM',
      outcome: 'authenticated',
      decidedBy: 'every required module succeeded',
      principal: 'eric',
      roles: ['all', 'AB'],
      authorization: [],
      dryRun: false,
      ms: 5,
    });
    expect(trace.modules).toHaveLength(1);
  });

  it('is audited with its trace before its result is known', async () => {
    const { domain, auditor } = openDomain([
      entry(
        'required',
        'A',
        fakeModule(() => succeeded(erics)),
      ),
    ]);
    const { trace } = await domain.login(passwordOf('eric'), { ...request, application: 'sampleAppA' });
    expect(auditor.events).toMatchObject([
      {
        type: 'login',
        outcome: 'success',
        domain: 'other',
        principal: 'eric',
        sourceAddress: '192.0.2.1',
        application: 'sampleAppA',
        decision: trace.id,
        trace,
      },
    ]);
  });

  it('is none when it cannot be audited: nobody is logged in, and every module is aborted', async () => {
    const module = fakeModule(() => succeeded(erics));
    const { domain, auditor } = openDomain([entry('required', 'A', module)]);
    auditor.failing = true;
    await expect(domain.login(passwordOf('eric'), request)).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(module.aborts).toHaveLength(1);
  });
});

describe('a login that is denied', () => {
  it('is audited with the reason and the name that was claimed', async () => {
    const { domain, auditor } = openDomain([entry('required', 'A', fakeUsers({ eric: 'right' }))]);
    const { trace } = await domain.login(passwordOf('eric', 'wrong'), request);
    expect(auditor.events).toMatchObject([
      { type: 'login', outcome: 'failure', reason: 'bad-credential', principal: 'eric', decision: trace.id },
    ]);
  });

  it('names no principal and no role in its trace, though a module had contributed some', async () => {
    const { domain } = openDomain([
      entry(
        'optional',
        'A',
        fakeModule(() => succeeded(erics)),
      ),
      entry(
        'required',
        'B',
        fakeModule(() => failed()),
      ),
    ]);
    const { trace } = await domain.login(passwordOf('eric'), request);
    expect(trace).toMatchObject({ outcome: 'denied', roles: [] });
    expect(trace.principal).toBeUndefined();
  });

  it('has the same public result for an unknown user and a wrong password', async () => {
    const { domain } = openDomain([entry('required', 'A', fakeUsers({ eric: 'right' }))]);
    const { trace: wrong, ...wrongPassword } = await domain.login(passwordOf('eric', 'wrong'), request);
    const { trace: unknown, ...unknownUser } = await domain.login(passwordOf('nobody', 'wrong'), request);
    expect(unknownUser).toEqual(wrongPassword);
    expect(wrongPassword).toEqual({ status: 'denied', reason: 'rejected' });
    expect([wrong.modules[0]?.reason, unknown.modules[0]?.reason]).toEqual(['bad-credential', 'unknown-user']);
  });

  it('is unavailable when the store that decides could not be asked', async () => {
    const { domain, auditor } = openDomain([entry('required', 'A', fakeModule(down))]);
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({ status: 'denied', reason: 'unavailable', trace: { outcome: 'unavailable' } });
    expect(auditor.events).toMatchObject([{ outcome: 'failure', reason: 'ERR_STORE_UNAVAILABLE' }]);
  });

  it('is what becomes of a stack that succeeds and names nobody, and its modules are aborted', async () => {
    const module = fakeModule(() => succeeded({ roles: ['admin'] }));
    const { domain } = openDomain([entry('required', 'RoleMapping', module)]);
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      status: 'denied',
      reason: 'rejected',
      trace: { decidedBy: 'no module named an identity' },
    });
    expect(module.aborts).toHaveLength(1);
  });

  it('is what becomes of somebody else than an earlier mechanism has proved, and the modules are aborted', async () => {
    const module = fakeModule(() => succeeded(erics));
    const { domain, auditor } = openDomain([entry('required', 'A', module)]);
    expect(await domain.login(passwordOf('eric'), { ...request, samePrincipal: 'eric' })).toMatchObject({
      status: 'authenticated',
    });
    expect(await domain.login(passwordOf('eric'), { ...request, samePrincipal: 'amar' })).toMatchObject({
      status: 'denied',
      reason: 'rejected',
      trace: { decidedBy: 'another mechanism proved somebody else' },
    });
    expect(module.aborts).toHaveLength(1);
    expect(auditor.events.at(-1)).toMatchObject({ outcome: 'failure', reason: 'other-principal' });
  });

  it('holds no password in its trace or its audit record', async () => {
    const { domain, auditor } = openDomain([entry('required', 'A', fakeUsers({ eric: 'right' }))]);
    const result = await domain.login(passwordOf('eric', 'hunter2'), request);
    expect(JSON.stringify([result, auditor.events])).not.toContain('hunter2');
  });
});

describe('a challenge', () => {
  it('carries the bytes for the client, and is no success in the audit trail', async () => {
    const challenge = { kind: 'token', token: new Uint8Array([1]) } as const;
    const { domain, auditor } = openDomain([
      entry(
        'required',
        'SPNEGO',
        fakeModule((): ModuleOutcome => ({ status: 'challenge', challenge })),
      ),
    ]);
    const result = await domain.login(passwordOf('eric'), request);
    expect(result).toMatchObject({
      status: 'challenge',
      challenge,
      trace: { outcome: 'challenge', challenge: 'token' },
    });
    expect(auditor.events).toMatchObject([{ type: 'login', outcome: 'failure', reason: 'challenge' }]);
  });
});

describe('a bug in a module', () => {
  it('is audited with its trace and then thrown with the id of the decision', async () => {
    const { domain, auditor } = openDomain([entry('optional', 'A', fakeModule(broken))]);
    const thrown = await domain.login(passwordOf('eric'), request).catch((error: unknown) => error);
    const [event] = auditor.events;
    expect(event).toMatchObject({ outcome: 'failure', reason: 'ERR_LOGIN_MODULE_BUG', trace: { outcome: 'bug' } });
    expect(thrown).toMatchObject({ code: 'ERR_LOGIN_MODULE_BUG', facts: { decision: event?.decision } });
    expect((thrown as Error).cause).toBeInstanceOf(TypeError);
  });

  it('shows nothing of the message of the error in the audit record', async () => {
    const { domain, auditor } = openDomain([entry('optional', 'A', fakeModule(broken))]);
    await domain.login(passwordOf('eric'), request).catch(() => undefined);
    expect(auditor.events).toHaveLength(1);
    expect(JSON.stringify(auditor.events)).not.toContain('hunter2');
  });
});

describe('a dry run', () => {
  it('tells its modules so, is marked in its trace, and leaves no audit record', async () => {
    const module = fakeModule(() => succeeded(erics));
    const { domain, auditor } = openDomain([entry('required', 'A', module)]);
    const result = await domain.login(passwordOf('eric'), { ...request, dryRun: true });
    expect(module.logins[0]?.dryRun).toBe(true);
    expect(result).toMatchObject({ status: 'authenticated', trace: { dryRun: true } });
    expect(auditor.events).toEqual([]);
  });
});

describe('closing a domain', () => {
  it('closes every module once', async () => {
    const module = fakeModule(() => failed());
    const { domain } = openDomain([entry('required', 'A', module)]);
    await domain.close();
    await domain.close();
    expect(module.closes).toBe(1);
  });
});
