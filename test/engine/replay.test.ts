/** @module Replay: held against what the real stack does with the same answers, and against what it cannot know. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayLogin } from '../../src/engine/replay.ts';
import type { ReplayDomain, ReplayModule } from '../../src/engine/replay-domain.ts';
import type { ControlFlag, ModuleOutcome } from '../../src/spi/login-module.ts';
import { controlFlags } from '../../src/spi/login-module.ts';
import { decisionTrace, moduleStep } from '../support/decision-trace.ts';
import { entry, failed, fakeModule, ignored, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

const module = (name: string, changes: Partial<ReplayModule> = {}): ReplayModule => ({
  name,
  code: name,
  flag: 'required',
  stacking: false,
  readsOthers: false,
  ...changes,
});
const domain = (modules: readonly ReplayModule[], changes: Partial<ReplayDomain> = {}): ReplayDomain => ({
  modules,
  stacking: new Set(modules.filter(({ stacking }) => stacking).map(({ name }) => name)),
  lockOutChanged: false,
  mappingChanged: false,
  maps: false,
  changes: ['something'],
  ...changes,
});
const step = (name: string, changes: Parameters<typeof moduleStep>[0] = {}) =>
  moduleStep({ name, code: name, ...changes });
const letIn = (changes: Parameters<typeof decisionTrace>[0] = {}) =>
  decisionTrace({
    outcome: 'authenticated',
    principal: 'eric',
    roles: ['all', 'AB'],
    modules: [step('A')],
    ...changes,
  });

interface Placed {
  readonly name: string;
  readonly flag: ControlFlag;
}

describe('a replay of mechanisms under flags', () => {
  it('cannot be told where they have changed, though the modules of one stack have not', () => {
    const opaque = 'the mechanisms under flags, or their stacks, have changed';
    expect(replayLogin(letIn(), domain([module('A')], { opaque, changes: [opaque] }))).toEqual({
      status: 'unknown',
      because: opaque,
    });
  });
});

/** Every answer is known, so what replay says has to be what the stack does. */
describe('a replay of known answers', () => {
  const answers: Readonly<Record<string, ModuleOutcome>> = {
    yes: succeeded({ identity: { name: 'eric', type: 'user' }, roles: ['all'] }),
    more: succeeded({ identity: { name: 'eric', type: 'user' }, roles: ['AB'] }),
    no: failed(),
    none: ignored,
  };
  const stacks = fc
    .array(fc.record({ answer: fc.constantFrom(...Object.keys(answers)), flag: fc.constantFrom(...controlFlags) }), {
      minLength: 1,
      maxLength: 5,
    })
    .chain((old) =>
      fc.record({
        old: fc.constant(old.map(({ answer, flag }, index) => ({ name: `m${index}`, answer, flag }))),
        flags: fc.array(fc.constantFrom(...controlFlags), { minLength: old.length, maxLength: old.length }),
        order: fc.shuffledSubarray(
          old.map((_, index) => index),
          { minLength: 1 },
        ),
      }),
    );

  it('agrees with the stack, whatever flags, order and modules change', async () => {
    await fc.assert(
      fc.asyncProperty(stacks, async ({ old, flags, order }) => {
        const run = async (placed: readonly Placed[]) => {
          const modules = placed.map(({ name, flag }) => {
            const answer = answers[old.find((one) => one.name === name)?.answer ?? ''] ?? ignored;
            return entry(
              flag,
              name,
              fakeModule(() => answer),
            );
          });
          return (await openDomain(modules).domain.login(passwordOf('eric'), request)).trace;
        };
        const placed = order.map((index) => ({ name: `m${index}`, flag: flags[index] ?? 'required' }));
        const before = await run(old);
        const after = await run(placed);
        const replayed = replayLogin(before, domain(placed.map(({ name, flag }) => module(name, { flag }))));
        const same =
          (before.outcome === 'authenticated') === (after.outcome === 'authenticated') &&
          [...before.roles].sort().join() === [...after.roles].sort().join();
        if (replayed.status !== 'unknown') expect(replayed.status).toBe(same ? 'same' : 'changes');
        if (replayed.status === 'changes' && replayed.to.roles !== undefined) {
          expect(replayed.to.roles).toEqual(after.roles);
        }
        if (before.modules.every(({ outcome }) => outcome !== 'not-reached'))
          expect(replayed.status).not.toBe('unknown');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a replay', () => {
  it('is the same where nothing has changed, without looking at the modules', () => {
    expect(replayLogin(letIn(), domain([], { changes: [] }))).toEqual({ status: 'same' });
  });

  it('is a refusal where the domain is gone', () => {
    expect(replayLogin(letIn(), undefined)).toMatchObject({ status: 'changes', to: { outcome: 'refused' } });
  });

  it('cannot be told where a required module would have to be asked', () => {
    const replayed = replayLogin(letIn(), domain([module('A'), module('B', { changed: 'it is new' })]));
    expect(replayed).toEqual({ status: 'unknown', because: 'B would have to be asked: it is new' });
  });

  it('is the same where a module that would have to be asked cannot change anything', () => {
    const refused = decisionTrace({ modules: [step('A', { outcome: 'failed', principals: [], roles: [] })] });
    const after = domain([module('A', { flag: 'requisite' }), module('B', { changed: 'it is new' })]);
    expect(replayLogin(refused, after)).toEqual({ status: 'same' });
  });

  it('is a refusal where a known no decides, whatever the unknown module says', () => {
    const trace = letIn({
      modules: [step('A'), step('B', { flag: 'optional', outcome: 'failed', principals: [], roles: [] })],
    });
    const after = domain([module('C', { flag: 'optional', changed: 'it is new' }), module('A'), module('B')]);
    expect(replayLogin(trace, after)).toEqual({
      status: 'changes',
      to: { outcome: 'refused' },
      because: 'required B says no (something)',
    });
  });

  it('does not take the answer of a module that got its name from one that is gone', () => {
    const trace = letIn({ modules: [step('A'), step('B', { stacked: true })] });
    const after = domain([module('B', { stacking: true })], { stacking: new Set(['A', 'B']) });
    expect(replayLogin(trace, after)).toMatchObject({
      status: 'unknown',
      because: expect.stringContaining('another name reaches it'),
    });
  });

  it('does not take the answer of a module that looks at what others have contributed, when they are others', () => {
    const trace = letIn({
      modules: [step('A'), step('R', { principals: [], roles: ['x'] })],
      roles: ['all', 'AB', 'x'],
    });
    expect(replayLogin(trace, domain([module('R', { readsOthers: true })]))).toMatchObject({ status: 'unknown' });
  });

  it('keeps the mapped roles where the same goes into the same mapping', () => {
    const trace = letIn({ roles: ['mapped'] });
    const after = domain([module('A', { flag: 'sufficient' })], { maps: true });
    expect(replayLogin(trace, after)).toEqual({ status: 'same' });
  });

  it('cannot tell the roles where the mapping has changed', () => {
    const after = domain([module('A')], { mappingChanged: true, maps: true });
    expect(replayLogin(letIn(), after)).toEqual({ status: 'unknown', because: 'the mapping has changed' });
  });

  it('leaves a locked-out login as it is, unless the lock-out has changed', () => {
    const locked = decisionTrace({ decidedBy: 'lock-out: too many failures from this address' });
    expect(replayLogin(locked, domain([module('A')]))).toEqual({ status: 'same' });
    expect(replayLogin(locked, domain([module('A')], { lockOutChanged: true }))).toMatchObject({ status: 'unknown' });
  });

  it('gives up on more unknown modules than can be gone through', () => {
    const modules = Array.from({ length: 32 }, (_, index) =>
      module(`m${index}`, { flag: 'optional', changed: 'it is new' }),
    );
    expect(replayLogin(letIn(), domain(modules))).toMatchObject({
      status: 'unknown',
      because: expect.stringContaining('too many'),
    });
  });
});
