/** @module Names of principals: as text and back, and no name that reads as another one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDer } from '../../../src/wire/der-reader.ts';
import { parsePrincipal, principalText, readPrincipal, writePrincipal } from '../../../src/wire/kerberos/principal.ts';

describe('the text of a principal', () => {
  it.each([
    ['hnelson@EXAMPLE.COM', 'EXAMPLE.COM', ['hnelson']],
    ['HTTP/localhost@EXAMPLE.COM', 'EXAMPLE.COM', ['HTTP', 'localhost']],
    ['a\\@b@R', 'R', ['a@b']],
    ['a\\/b@R', 'R', ['a/b']],
    ['a\\\\@R', 'R', ['a\\']],
    ['a\\nb@R', 'R', ['a\nb']],
  ])('%s has these parts', (text, realm, components) => {
    const principal = parsePrincipal(text);
    expect([principal?.realm, principal?.components]).toEqual([realm, components]);
    expect(principalText(principal!)).toBe(text);
  });

  it('has the default realm where it names none', () => {
    expect(parsePrincipal('HTTP/a', 'R')?.realm).toBe('R');
  });

  it.each(['', '@R', 'a//b', '/a', 'a/', 'a@', 'a@b@c', 'a\\', Array.from({ length: 17 }, () => 'x').join('/')])(
    '%s is none',
    (text) => {
      expect(parsePrincipal(text)).toBeUndefined();
    },
  );

  it('belongs to one principal only', () => {
    const part = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', '/', '@', '\\', 'n', '\n') });
    fc.assert(
      fc.property(part, fc.array(part, { minLength: 1, maxLength: 3 }), (realm, components) => {
        const back = parsePrincipal(principalText({ realm, components, nameType: 1 }));
        expect([back?.realm, back?.components]).toEqual([realm, components]);
      }),
      { numRuns: 300 },
    );
  });
});

it('a principal reads back as it was written', () => {
  const principal = { realm: 'R', components: ['HTTP', 'näme'], nameType: 2 };
  expect(readPrincipal('R', readDer(writePrincipal(principal)))).toEqual(principal);
});

it('a name without components is no principal', () => {
  expect(readPrincipal('R', readDer(writePrincipal({ realm: 'R', components: [], nameType: 1 })))).toBeUndefined();
});
