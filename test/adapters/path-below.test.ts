/** @module What lies in a folder, by its spelling. */
import { expect, it } from 'vitest';
import { isBelow } from '../../src/adapters/path-below.ts';

it.each(['/home/a', '/home/a/b', '/home/..a', '/home/x/../a'])('%s lies in /home', (path) => {
  expect(isBelow('/home', path)).toBe(true);
});

it.each(['/home', '/home/', '/', '/homes/a', '/home/../etc', '/home/a/../..'])('%s does not lie in /home', (path) => {
  expect(isBelow('/home', path)).toBe(false);
});
