/** @module 64 KB of SAML, whatever it is, cost no reader more than 100 ms of CPU. Apart, because a busy machine measures badly. */
import { describe, expect, test } from 'vitest';
import { shapedFor, shapes } from '../support/saml-fuzz/shapes.ts';
import { createTargets, type Target, tried } from '../support/saml-fuzz/targets.ts';

const targets = await createTargets(Date.now());
const size = 64 * 1024;
const maxMs = 100;

/** The least of some rounds: what is more was somebody else's work. */
function cpuMs(target: Target, input: Buffer): number {
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    tried(target, input);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...rounds);
}

const cases = shapes.flatMap((shape) => shape.targets.map((name) => [name, shape.name, shape] as const));

describe('64 KB', () => {
  test.each(cases)('for %s: %s', (name, _what, shape) => {
    const target = targets[name];
    if (target === undefined) throw new Error('there is no such target');
    expect(cpuMs(target, shapedFor(name, shape.make(size)))).toBeLessThan(maxMs);
  });
});
