/** @module Decoys: names that do not exist cost what names that exist cost. */
import { describe, expect, it } from 'vitest';
import { createDecoys } from '../../../src/wire/password/decoys.ts';
import { readStoredPassword } from '../../../src/wire/password/stored-password.ts';

const body = 'abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';
const cheap = readStoredPassword(`$2b$04$${body}`);
const dear = readStoredPassword(`$2b$12$${body}`);
const names = Array.from({ length: 1000 }, (_, index) => `nobody-${index}`);
const costOf = (decoy: ReturnType<ReturnType<typeof createDecoys>['of']>) =>
  decoy?.kind === 'bcrypt' ? decoy.cost : undefined;

describe('decoys', () => {
  it('are none where nothing in the store costs anything', () => {
    const decoys = createDecoys();
    for (const text of ['secret', '{SSHA}Y6MGoIJTVy/CY5zXdqcwq1ySChiKqlSv', `!$2b$04$${body}`])
      decoys.note(readStoredPassword(text));
    expect(decoys.of('nobody')).toBeUndefined();
  });

  it('come as often as the store has their kind', () => {
    const decoys = createDecoys();
    for (const stored of [cheap, dear, cheap, cheap]) decoys.note(stored);
    const dearOnes = names.filter((name) => costOf(decoys.of(name)) === 12).length;
    expect(dearOnes).toBeGreaterThan(180);
    expect(dearOnes).toBeLessThan(320);
  });

  it('are the same at each attempt with a name', () => {
    const decoys = createDecoys();
    for (const stored of [cheap, dear]) decoys.note(stored);
    for (const name of names) expect(decoys.of(name)).toBe(decoys.of(name));
  });
});
