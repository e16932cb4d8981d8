import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthorizationStack } from '../../src/engine/authorization-stack.ts';
import type { AuthorizationModule, AuthorizationRequest } from '../../src/spi/authorization.ts';
import { type ControlFlag, controlFlags } from '../../src/spi/control-flag.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { never } from './fake-modules.ts';
import { literalAuthorization, type Said } from './literal-authorization.ts';

const request: AuthorizationRequest = {
  application: 'shop',
  path: '/secure/page',
  method: 'GET',
  confidential: true,
  principal: 'eric',
  roles: ['all'],
};

const down = () => new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');

function saying(said: Said): AuthorizationModule {
  return {
    async authorize() {
      if (said === 'unavailable') throw down();
      return { decision: said, reason: `says ${said}` };
    },
  };
}

function stackOf(...entries: readonly (readonly [ControlFlag, Said | AuthorizationModule])[]) {
  const clock = createFakeClock();
  const stack = createAuthorizationStack({
    modules: entries.map(([flag, said], n) => ({
      code: `M${n}`,
      flag,
      module: typeof said === 'string' ? saying(said) : said,
    })),
    timers: clock.timers,
    deadlineMs: 100,
  });
  return { ...stack, clock };
}

const decisionsOf = (steps: readonly { readonly decision: string }[]) => steps.map(({ decision }) => decision);

describe('the authorization stack', () => {
  it('decides as a literal second transcription of its rules, for up to six modules', async () => {
    const module = fc.tuple(
      fc.constantFrom(...controlFlags),
      fc.constantFrom<Said>('permit', 'deny', 'abstain', 'unavailable'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(module, { maxLength: 6 }), async (modules) => {
        const result = await stackOf(...modules).authorize(request);
        const literal = literalAuthorization(modules);
        expect(result.decision).toBe(literal.permitted ? 'permit' : 'deny');
        const asked = result.steps.filter(({ decision }) => decision !== 'not-reached');
        expect(asked).toHaveLength(literal.asked);
      }),
      { numRuns: 500 },
    );
  });

  it('ends at a requisite module that denies, whatever would permit after it', async () => {
    const result = await stackOf(['requisite', 'deny'], ['sufficient', 'permit']).authorize(request);
    expect(result).toMatchObject({ decision: 'deny', reason: 'says deny' });
    expect(decisionsOf(result.steps)).toEqual(['deny', 'not-reached']);
  });

  it('permits nothing where nobody permits', async () => {
    expect(await stackOf(['required', 'abstain']).authorize(request)).toMatchObject({
      decision: 'deny',
      reason: 'no-module-permits',
    });
    expect(await stackOf().authorize(request)).toMatchObject({ decision: 'deny', reason: 'no-module-permits' });
  });

  it('says that a store could not be asked where that decided, and passes it over where it did not', async () => {
    const alone = await stackOf(['required', 'unavailable'], ['required', 'permit']).authorize(request);
    expect(alone).toMatchObject({ decision: 'deny', fault: { status: 'unavailable', code: 'ERR_STORE_UNAVAILABLE' } });
    const missed = await stackOf(['sufficient', 'unavailable'], ['sufficient', 'deny']).authorize(request);
    expect(missed).toMatchObject({ decision: 'deny', fault: { status: 'unavailable' } });
    const passed = await stackOf(['sufficient', 'unavailable'], ['sufficient', 'permit']).authorize(request);
    expect(passed).toMatchObject({ decision: 'permit', reason: 'says permit' });
  });

  it('refuses at a bug, even of an optional module after one that permits', async () => {
    const broken: AuthorizationModule = { authorize: () => Promise.reject(new TypeError('broken')) };
    const result = await stackOf(['required', 'permit'], ['optional', broken], ['required', 'permit']).authorize(
      request,
    );
    expect(result).toMatchObject({ decision: 'deny', reason: 'ERR_LOGIN_MODULE_BUG', fault: { status: 'bug' } });
    expect(result.steps[1]).toEqual({ code: 'M1', flag: 'optional', decision: 'bug', reason: 'TypeError' });
    expect(decisionsOf(result.steps)).toEqual(['permit', 'bug', 'not-reached']);
  });

  it.each([{ decision: 'PERMIT', reason: '' }, {}, true, null, undefined])(
    'takes %j for a bug and never for a yes',
    async (answer) => {
      const odd = { authorize: async () => answer } as unknown as AuthorizationModule;
      expect(await stackOf(['sufficient', odd]).authorize(request)).toMatchObject({ decision: 'deny' });
    },
  );

  it('waits for no module beyond the deadline, and tells it to stop', async () => {
    let signal: AbortSignal | undefined;
    const slow: AuthorizationModule = {
      authorize: (_request, context) => {
        signal = context.signal;
        queueMicrotask(() => clock.advance(100));
        return never();
      },
    };
    const { clock, authorize } = stackOf(['required', slow]);
    expect(await authorize(request)).toMatchObject({ decision: 'deny', reason: 'ERR_DEADLINE_EXCEEDED' });
    expect(signal?.aborted).toBe(true);
  });

  it('carries the line that decided, else the line of the module', async () => {
    const [own, constraint] = [3, 31].map((line) => ({ file: 'gatehouse.yaml', line }));
    const stack = createAuthorizationStack({
      modules: [
        { code: 'A', flag: 'required', module: saying('permit'), place: own! },
        {
          code: 'B',
          flag: 'required',
          module: { authorize: async () => ({ decision: 'deny', reason: 'role-missing', place: constraint! }) },
          place: own!,
        },
      ],
      timers: createFakeClock().timers,
      deadlineMs: 100,
    });
    expect((await stack.authorize(request)).steps.map(({ place }) => place)).toEqual([own, constraint]);
  });
});

describe('the roles in one application', () => {
  const mapping = (map: (application: string | undefined) => Promise<readonly string[]>) =>
    createAuthorizationStack({
      modules: [],
      applicationMappers: [
        { code: 'DeploymentRoles', mapper: { type: 'role', map: (_roles, _who, { application }) => map(application) } },
      ],
      timers: createFakeClock().timers,
      deadlineMs: 100,
    });

  it('are those of the session where nothing maps them', async () => {
    expect(await stackOf().rolesIn('shop', 'eric', ['all'])).toEqual({ status: 'mapped', roles: ['all'], steps: [] });
  });

  it('are what the mappers make of them there, with each step', async () => {
    const { rolesIn } = mapping(async (application) => [`${application} user`]);
    expect(await rolesIn('shop', 'eric', ['all'])).toMatchObject({
      status: 'mapped',
      roles: ['shop user'],
      steps: [{ type: 'role', code: 'DeploymentRoles', before: ['all'], after: ['shop user'] }],
    });
  });

  it('are nobody’s where a mapper cannot ask', async () => {
    const { rolesIn } = mapping(() => Promise.reject(down()));
    expect(await rolesIn('shop', 'eric', ['all'])).toMatchObject({ status: 'fault', fault: { status: 'unavailable' } });
  });

  it.each([true, undefined])('tells its mappers whether it is a rehearsal: dryRun %s', async (dryRun) => {
    const seen: boolean[] = [];
    const { rolesIn } = createAuthorizationStack({
      modules: [],
      applicationMappers: [
        {
          code: 'Own',
          mapper: {
            type: 'role',
            async map(roles, _, context) {
              seen.push(context.dryRun);
              return roles;
            },
          },
        },
      ],
      timers: createFakeClock().timers,
      deadlineMs: 100,
      ...(dryRun === undefined ? {} : { dryRun }),
    });
    await rolesIn('shop', 'eric', ['all']);
    expect(seen).toEqual([dryRun === true]);
  });
});
