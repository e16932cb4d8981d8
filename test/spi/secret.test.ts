/** @module A secret leaves by `reveal` and by no other way. */
import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../../src/spi/secret.ts';

const secret = new Secret('hunter2');

it('gives back what it holds', () => {
  expect(secret.reveal()).toBe('hunter2');
});

it.each([
  ['joined to text', () => `${secret}`],
  ['made into text', () => String(secret)],
  ['serialised', () => JSON.stringify({ secret })],
  ['inspected with everything shown', () => inspect({ secret }, { depth: null, showHidden: true })],
  ['inspected without its own say', () => inspect(secret, { customInspect: false, showHidden: true })],
  ['formatted', () => format('%s %o %j', secret, secret, secret)],
  ['listed', () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret), { ...secret }])],
  ['cloned', () => inspect(structuredClone(secret))],
])('is not shown when it is %s', (_, print) => {
  expect(print()).not.toContain('hunter2');
});

it('prints a word in its place', () => {
  expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]']);
});
