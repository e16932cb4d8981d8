/** @module Ids that a browser carries: 256 bits, one spelling, never a store's key. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyOf, newOpaqueId } from '../../src/engine/opaque-id.ts';

const asked: number[] = [];
const random = {
  bytes(length: number) {
    asked.push(length);
    return Uint8Array.from({ length }, (_, index) => 255 - index);
  },
};
const made = newOpaqueId(random);

it('is made of 256 random bits', () => {
  expect(asked).toEqual([32]);
  expect(Buffer.from(made.id, 'base64url')).toEqual(Buffer.from(random.bytes(32)));
});

it('comes with the SHA-256 of the id for a key, which the id gives again', () => {
  expect(made.key).toBe(createHash('sha256').update(made.id).digest('base64url'));
  expect(keyOf(made.id)).toBe(made.key);
});

it('has a key that is no id', () => {
  expect(made.key).not.toBe(made.id);
});

it.each([
  ['nothing', ''],
  ['too short', made.id.slice(1)],
  ['too long', `${made.id}A`],
  ['padded', `${made.id}=`],
  ['in the other alphabet', `+${made.id.slice(1)}`],
  ['followed by a line feed', `${made.id}\n`],
  ['another spelling of the same bytes', `${made.id.slice(0, -1)}${String.fromCharCode(made.id.charCodeAt(42) + 1)}`],
])('has no key for a text that is %s', (_, text) => {
  expect(keyOf(text)).toBeUndefined();
});
