import fc from 'fast-check';
import { expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/config/suggestion.ts';

it.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'ab', 1],
  ['abc', 'xabc', 1],
  ['abc', 'acb', 1],
  ['FROM', 'FORM', 1],
  ['kitten', 'sitting', 3],
])('the distance of %j and %j is %i', (a, b, distance) => expect(editDistance(a, b)).toBe(distance));

it('the distance is the same both ways and no more than the longer length', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance === 0).toBe(a === b);
    }),
  );
});

it('finds a name that differs in case only', () => expect(nearest('usersroles', ['UsersRoles'])).toBe('UsersRoles'));
it('finds the nearest of several', () =>
  expect(nearest('rolesPropertes', ['usersProperties', 'rolesProperties'])).toBe('rolesProperties'));
it('suggests nothing that is far away', () => expect(nearest('abc', ['xyz', 'abcdefg'])).toBeUndefined());
it('suggests nothing for one letter that is another', () => expect(nearest('e', ['d'])).toBeUndefined());
it('suggests nothing for a name of a thousand letters', () => expect(nearest('a'.repeat(1000), ['a'])).toBeUndefined());
