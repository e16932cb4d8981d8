import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseBoolean, parseInstant, parseUnsignedShort } from '../../../src/wire/saml/values.ts';

describe('an instant', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (at) => {
        expect(parseInstant(formatInstant(at))).toBe(at);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['2026-11-21T10:00:00Z', Date.UTC(2026, 10, 21, 10)],
    ['2026-11-21T10:00:00+00:00', Date.UTC(2026, 10, 21, 10)],
    ['2026-11-21T10:00:00-00:00', Date.UTC(2026, 10, 21, 10)],
    ['2026-11-21T10:00:00+05:30', Date.UTC(2026, 10, 21, 4, 30)],
    ['2026-11-21T10:00:00-05:00', Date.UTC(2026, 10, 21, 15)],
    ['2026-11-21T10:00:00.5Z', Date.UTC(2026, 10, 21, 10, 0, 0, 500)],
    ['2026-11-21T10:00:00.123456789Z', Date.UTC(2026, 10, 21, 10, 0, 0, 123)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    [' 2026-11-21T10:00:00Z\n', Date.UTC(2026, 10, 21, 10)],
  ])('is read from %j', (text, at) => {
    expect(parseInstant(text)).toBe(at);
  });

  it.each([
    '2026-11-21T10:00:00',
    '2026-11-21',
    '2026-02-30T10:00:00Z',
    '2025-02-29T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T10:60:00Z',
    '2026-11-21T10:00:60Z',
    '2026-11-21T10:00:00+14:01',
    '2026-11-21T10:00:00+01:60',
    '2026-11-21T10:00:00.Z',
    '2026-11-21 10:00:00Z',
    '2026-11-21t10:00:00z',
    '0050-01-01T00:00:00Z',
    '-2026-11-21T10:00:00Z',
    '1763719200',
    '',
  ])('is not read from %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});

describe('the other simple types', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    [' 0 ', false],
    ['TRUE', undefined],
    ['yes', undefined],
    ['', undefined],
  ])('read the flag %j as %j', (text, value) => {
    expect(parseBoolean(text)).toBe(value);
  });

  it.each([
    ['0', 0],
    ['65535', 65_535],
    ['007', 7],
    ['65536', undefined],
    ['-1', undefined],
    ['1.0', undefined],
    ['0x1', undefined],
    ['', undefined],
  ])('read the index %j as %j', (text, value) => {
    expect(parseUnsignedShort(text)).toBe(value);
  });
});
