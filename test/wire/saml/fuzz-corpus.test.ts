/** @module Inputs that fuzzing has found to do harm once, kept; and a short round of the fuzzer, so that it itself cannot rot. */
import { describe, expect, test } from 'vitest';
import { FAKE_START } from '../../support/fake-clock.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { createDice, mutated } from '../../support/saml-fuzz/mutator.ts';
import { keptByTarget, seedsByTarget } from '../../support/saml-fuzz/seeds.ts';
import { createTargets, tried } from '../../support/saml-fuzz/targets.ts';

const targets = await createTargets(FAKE_START);
const kept = Object.entries(keptByTarget()).flatMap(([name, inputs]) =>
  inputs.map((input, at) => [name, at, input] as const),
);

describe('what was found once', () => {
  test.each(kept)('%s, %i is read or refused', (name, _at, input) => {
    const target = targets[name];
    if (target === undefined) throw new Error('there is no such target');
    expect(() => tried(target, Buffer.from(input, 'base64'))).not.toThrow();
  });
});

describe('two hundred changed messages', async () => {
  const seeds = await seedsByTarget(createWorkshop(Date.now()));

  test.each(Object.entries(targets))('for %s are read or refused', (name, target) => {
    const dice = createDice(name.length);
    const pool = seeds[name] ?? [];
    for (let left = 200; left > 0; left -= 1) {
      const input = mutated(pool[dice(pool.length)] ?? Buffer.of(), pool[dice(pool.length)] ?? Buffer.of(), dice);
      expect(() => tried(target, input), input.toString('base64')).not.toThrow();
    }
  });

  test('are other ones for another seed, and the same for the same', () => {
    const [one = Buffer.of(), other = Buffer.of()] = seeds['xml'] ?? [];
    const made = (seed: number) => mutated(one, other, createDice(seed)).toString('latin1');
    const first = made(1);
    expect([made(1), made(2) === first]).toEqual([first, false]);
  });
});
