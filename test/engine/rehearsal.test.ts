/** @module A rehearsal of a security domain: assumed evidence, no effect, and no way to it from a login. */
import { describe, expect, it } from 'vitest';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import { createAuditTrail } from '../../src/engine/audit-trail.ts';
import { createRehearsal } from '../../src/engine/rehearsal.ts';
import type { Evidence, ModuleEvidence } from '../../src/spi/evidence.ts';
import { usernamePasswordModule } from '../../src/spi/username-password-module.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { createRecordingAuditor } from '../support/recording-auditor.ts';
import { entry, failed, fakeModule, fakeUsers, passwordOf, request } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const assumed = { kind: 'assumed', username: 'eric' } as const;
const roles = (...held: readonly string[]) =>
  usernamePasswordModule({
    options: {},
    check: async () => ({ status: 'failed', reason: 'bad-credential' }),
    contribute: async () => ({ roles: held }),
  });

function openRehearsal(modules: Parameters<typeof openDomain>[0]) {
  const clock = createFakeClock();
  const random = createFakeRandom();
  const auditor = createRecordingAuditor();
  const ephemeral = createMemoryEphemeralStore({ clock });
  const rule = { attempts: 1, perAddressAttempts: 1, windowMs: 1000, lockMs: 1000 };
  const rehearsal = createRehearsal({
    name: 'other',
    modules,
    audit: createAuditTrail({ providers: [auditor], node: 'n', clock, random }),
    clock,
    random,
    configRevision: 'r1',
    defaultDeadlineMs: 100,
    timers: clock.timers,
    lockOut: { rule, ephemeral },
  });
  return { rehearsal, auditor };
}

describe('a rehearsal', () => {
  it('takes an assumed password for the right one, and says so in the trace', async () => {
    const { rehearsal } = openRehearsal([entry('required', 'A', roles('all'))]);
    const result = await rehearsal.rehearse(assumed, request);
    expect(result).toMatchObject({ status: 'authenticated', subject: { roles: ['all'] } });
    expect(result.trace).toMatchObject({ dryRun: true, evidence: 'assumed' });
    expect(result.trace.modules[0]?.reason).toBe('password assumed, not checked, nor whether there is such a user');
  });

  it('hands an assumed name down the stack like a proved one', async () => {
    const stack = ['A', 'B'].map((code) => entry('required', code, roles(code), { stacking: true }));
    const { trace } = await openRehearsal(stack).rehearsal.rehearse(assumed, request);
    expect(trace.modules.map(({ stacked }) => stacked)).toEqual([false, true]);
    expect(trace.roles).toEqual(['A', 'B']);
  });

  it('is refused by a module that knows nothing of assumptions', async () => {
    const { rehearsal } = openRehearsal([entry('required', 'A', fakeUsers({ eric: 'secret' }))]);
    expect(await rehearsal.rehearse(assumed, request)).toMatchObject({ status: 'denied' });
  });

  it('leaves no audit record and no lock-out count, however often it fails', async () => {
    const { rehearsal, auditor } = openRehearsal([entry('required', 'A', fakeUsers({ eric: 'secret' }))]);
    for (let attempt = 0; attempt < 3; attempt += 1) await rehearsal.rehearse(passwordOf('eric', 'wrong'), request);
    expect(await rehearsal.rehearse(passwordOf('eric'), request)).toMatchObject({ status: 'authenticated' });
    expect(auditor.events).toEqual([]);
  });

  it('hands on a bug with its trace instead of throwing it', async () => {
    const broken = fakeModule(() => {
      throw new TypeError('x');
    });
    const result = await openRehearsal([entry('required', 'A', broken)]).rehearsal.rehearse(assumed, request);
    expect(result).toMatchObject({ status: 'bug', trace: { outcome: 'bug' } });
  });
});

describe('a login', () => {
  it('throws at assumed evidence that a cast has brought there, also in a dry run', async () => {
    const { domain, auditor } = openDomain([entry('required', 'A', roles('all'))]);
    const smuggled = assumed as ModuleEvidence as Evidence;
    await expect(domain.login(smuggled, request)).rejects.toThrow(TypeError);
    await expect(domain.login(smuggled, { ...request, dryRun: true })).rejects.toThrow(TypeError);
    expect(auditor.events).toEqual([]);
  });

  it('has no type by which assumed evidence comes to it', () => {
    const { domain } = openDomain([
      entry(
        'required',
        'A',
        fakeModule(() => failed()),
      ),
    ]);
    // @ts-expect-error: the first of the walls
    const call = () => domain.login(assumed, request);
    expect(call).toBeTypeOf('function');
  });
});
