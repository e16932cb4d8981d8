import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlagOutcome, initialFlagState, nextAfter, verdict } from '../../src/engine/control-flags.ts';
import { type ControlFlag, controlFlags } from '../../src/spi/login-module.ts';
import { invokeLogin, type JaasAnswer } from './literal-login-context.ts';

type Turn = readonly [flag: ControlFlag, outcome: FlagOutcome];

/** Runs a phase as the stack does. `called` counts the modules that were called. */
function runPhase(turns: readonly Turn[]) {
  let state = initialFlagState;
  let called = 0;
  for (const [position, [flag, outcome]] of turns.entries()) {
    called += 1;
    state = nextAfter(state, flag, outcome, position);
    if (state.ended) break;
  }
  return { state, called, verdict: verdict(state) };
}

const granted = { granted: true } as const;
const by = (position: number | undefined) => ({ granted: false, by: position }) as const;

describe('one module alone', () => {
  it.each<[ControlFlag, FlagOutcome, object]>([
    ['required', 'succeeded', granted],
    ['requisite', 'succeeded', granted],
    ['sufficient', 'succeeded', granted],
    ['optional', 'succeeded', granted],
    ['required', 'ignored', by(undefined)],
    ['requisite', 'ignored', by(undefined)],
    ['sufficient', 'ignored', by(undefined)],
    ['optional', 'ignored', by(undefined)],
    ['required', 'failed', by(0)],
    ['requisite', 'failed', by(0)],
    ['sufficient', 'failed', by(0)],
    ['optional', 'failed', by(0)],
  ])('%s that has %s', (flag, outcome, expected) => {
    expect(runPhase([[flag, outcome]]).verdict).toEqual(expected);
  });
});

describe('whether the phase goes on after a module', () => {
  it.each<[ControlFlag, FlagOutcome, boolean]>([
    ['required', 'succeeded', true],
    ['requisite', 'succeeded', true],
    ['sufficient', 'succeeded', false],
    ['optional', 'succeeded', true],
    ['required', 'ignored', true],
    ['requisite', 'ignored', true],
    ['sufficient', 'ignored', true],
    ['optional', 'ignored', true],
    ['required', 'failed', true],
    ['requisite', 'failed', false],
    ['sufficient', 'failed', true],
    ['optional', 'failed', true],
  ])('%s that has %s: %s', (flag, outcome, goesOn) => {
    expect(nextAfter(initialFlagState, flag, outcome, 0).ended).toBe(!goesOn);
  });

  it('goes on after a sufficient success when a required module has failed', () => {
    const { called } = runPhase([
      ['required', 'failed'],
      ['sufficient', 'succeeded'],
      ['optional', 'succeeded'],
    ]);
    expect(called).toBe(3);
  });

  it('ends at a sufficient success when only optional and sufficient modules have failed', () => {
    const { called } = runPhase([
      ['optional', 'failed'],
      ['sufficient', 'failed'],
      ['sufficient', 'succeeded'],
      ['required', 'failed'],
    ]);
    expect(called).toBe(3);
  });
});

describe('the end of the loop', () => {
  it.each<[name: string, turns: readonly Turn[], expected: object]>([
    ['no module at all: all ignored', [], by(undefined)],
    [
      'the first of two required failures is the one that counts',
      [
        ['required', 'failed'],
        ['required', 'failed'],
      ],
      by(0),
    ],
    [
      'a required failure counts before the requisite one that ends the phase',
      [
        ['required', 'failed'],
        ['requisite', 'failed'],
      ],
      by(0),
    ],
    [
      'a required failure counts before an earlier optional one',
      [
        ['optional', 'failed'],
        ['required', 'failed'],
      ],
      by(1),
    ],
    [
      'a success does not mend a required failure',
      [
        ['required', 'failed'],
        ['required', 'succeeded'],
      ],
      by(0),
    ],
    [
      'a sufficient success does not mend a required failure',
      [
        ['required', 'failed'],
        ['sufficient', 'succeeded'],
      ],
      by(0),
    ],
    [
      'the first of two alternatives that fail is the one that counts',
      [
        ['sufficient', 'failed'],
        ['optional', 'failed'],
      ],
      by(0),
    ],
    [
      'one success is enough among alternatives',
      [
        ['sufficient', 'failed'],
        ['optional', 'succeeded'],
      ],
      granted,
    ],
    [
      'a required module that ignores does not fail the login',
      [
        ['required', 'ignored'],
        ['optional', 'succeeded'],
      ],
      granted,
    ],
    [
      'an optional failure does not spoil a required success',
      [
        ['required', 'succeeded'],
        ['optional', 'failed'],
      ],
      granted,
    ],
    [
      'what comes after a sufficient success is never asked',
      [
        ['sufficient', 'succeeded'],
        ['requisite', 'failed'],
      ],
      granted,
    ],
  ])('%s', (_, turns, expected) => {
    expect(runPhase(turns).verdict).toEqual(expected);
  });
});

describe('against JAAS itself', () => {
  const answers = { succeeded: true, ignored: false, failed: 'throw' } as const satisfies Record<
    FlagOutcome,
    JaasAnswer
  >;
  const stacks = fc.array(
    fc.tuple(fc.constantFrom(...controlFlags), fc.constantFrom<FlagOutcome>('succeeded', 'ignored', 'failed')),
    { maxLength: 6 },
  );

  it('calls the same modules and comes to the same result in every stack', () => {
    fc.assert(
      fc.property(stacks, (turns) => {
        let calledByJaas = 0;
        const result = invokeLogin(
          turns.map(([flag, outcome]) => ({
            flag,
            login: () => {
              calledByJaas += 1;
              return answers[outcome];
            },
          })),
        );
        const ours = runPhase(turns);
        expect(ours.called).toBe(calledByJaas);
        if (result === 'success') expect(ours.verdict).toEqual(granted);
        else if (result === 'all modules ignored') expect(ours.verdict).toEqual(by(undefined));
        else expect(ours.verdict).toEqual(by(result.thrownBy));
      }),
      { numRuns: 1000 },
    );
  });
});
