/** @module Reading a request target: one spelling goes on, and everything that could be read in two ways is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxTargetCharacters, readTarget } from '../../../src/protocols/gateway/target.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';

const read = (url: string) => readTarget(url, '/app');

function refusal(url: string): string {
  try {
    read(url);
  } catch (error) {
    if (error instanceof GatehouseError) return `${error.code} ${error.facts['problem'] ?? ''}`.trim();
    throw error;
  }
  return 'accepted';
}

describe('a request target', () => {
  it('is split into path, spelling and query', () => {
    expect(read('/app/a/b.jsp?x=%2F..;')).toEqual({
      path: '/a/b.jsp',
      encoded: '/app/a/b.jsp',
      query: '?x=%2F..;',
    });
  });

  it('has the path / for the context path with a slash', () => {
    expect(read('/app/')).toEqual({ path: '/', encoded: '/app/', query: '' });
  });

  it('has no path for the bare context path', () => {
    expect(read('/app?q').path).toBe('');
  });

  it('keeps a slash at the end', () => {
    expect(read('/app/a/')).toMatchObject({ path: '/a/', encoded: '/app/a/' });
  });

  it.each([
    ['/app/%73ecure', '/secure', '/app/secure'],
    ['/app/M%c3%bcller', '/Müller', '/app/M%C3%BCller'],
    ['/app/a%20b+c', '/a b+c', '/app/a%20b+c'],
    ['/app/a|b[1]', '/a|b[1]', '/app/a%7Cb%5B1%5D'],
    ['/app/x%3Dy%26z%40%3a', '/x=y&z@:', '/app/x=y&z@:'],
    ['/app/what%3F', '/what?', '/app/what%3F'],
  ])('in whatever spelling is one path: %s', (url, path, encoded) => {
    expect(read(url)).toMatchObject({ path, encoded });
  });

  it.each([
    ['/app/a%2Fb', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a%5cb', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a%3Bb', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a%00', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a%0d%0aX:y', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a%C2%85', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/%2573ecure', 'ERR_REQUEST_MALFORMED escaped-delimiter'],
    ['/app/a;v=1', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/a\\b', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/a#b', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/a b', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/ü', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/a?b#c', 'ERR_REQUEST_MALFORMED characters'],
    ['/app/../secure', 'ERR_REQUEST_MALFORMED dot-segment'],
    ['/app/./secure', 'ERR_REQUEST_MALFORMED dot-segment'],
    ['/app/%2e%2E/secure', 'ERR_REQUEST_MALFORMED dot-segment'],
    ['/app/x/..', 'ERR_REQUEST_MALFORMED dot-segment'],
    ['/app/x../y', 'ERR_REQUEST_MALFORMED dot-segment'],
    ['/app//secure', 'ERR_REQUEST_MALFORMED empty-segment'],
    ['/app/a//', 'ERR_REQUEST_MALFORMED empty-segment'],
    ['/app/a%', 'ERR_REQUEST_MALFORMED escape'],
    ['/app/a%zz', 'ERR_REQUEST_MALFORMED escape'],
    ['/app/%c0%af', 'ERR_REQUEST_MALFORMED escape'],
    ['/app/%ed%a0%80', 'ERR_REQUEST_MALFORMED escape'],
    ['/%61pp/x', 'ERR_REQUEST_MALFORMED context-path'],
    ['/appx/x', 'ERR_REQUEST_MALFORMED context-path'],
    ['http://host/app/x', 'ERR_REQUEST_MALFORMED context-path'],
    [`/app/${'x'.repeat(maxTargetCharacters)}`, 'ERR_REQUEST_TOO_LARGE'],
  ])('is refused: %s', (url, expected) => {
    expect(refusal(url)).toBe(expected);
  });

  it('is read by the application as what was authorised, whatever it was', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '%2e',
        '.',
        '/',
        '%2f',
        '%',
        '%25',
        ';',
        '\\',
        '%5c',
        '?',
        '%3f',
        'a',
        '%41',
        '%c3%bc',
        '%00',
        '|',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 3 }),
    );
    let accepted = 0;
    const property = fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const url = `/app/${pieces.join('')}`;
      if (refusal(url) !== 'accepted') return;
      accepted += 1;
      const { path, encoded } = read(url);
      expect(decodeURIComponent(encoded)).toBe(`/app${path}`);
      expect(new URL(`http://h${encoded}`).pathname).toBe(encoded);
      expect(decodeURIComponent(decodeURIComponent(encoded))).toBe(`/app${path}`);
    });
    fc.assert(property, { numRuns: 2000 });
    expect(accepted).toBeGreaterThan(50);
  });

  it('reads its own spelling as itself', () => {
    const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).map(encodeURIComponentOrA);
    const property = fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const url = `/app/${segments.join('/')}`;
      if (refusal(url) !== 'accepted') return;
      const target = read(url);
      expect(read(target.encoded)).toEqual(target);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

/** Lone surrogates have no UTF-8. */
function encodeURIComponentOrA(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : 'a';
}
