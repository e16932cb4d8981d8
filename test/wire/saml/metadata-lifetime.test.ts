import { expect, it } from 'vitest';
import { parseDuration } from '../../../src/wire/saml/metadata-lifetime.ts';

it.each([
  ['PT6H', 6 * 3_600_000],
  ['P1D', 86_400_000],
  ['P1Y2M3DT4H5M6.7S', (365 + 56 + 3) * 86_400_000 + 4 * 3_600_000 + 5 * 60_000 + 6000],
  ['PT0S', 0],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['-PT1H', undefined],
  ['1 hour', undefined],
  ['P1H', undefined],
])('the duration %s is %s milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});
