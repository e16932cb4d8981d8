import { expect, it } from 'vitest';
import { attemptKeys, networkOf } from '../../src/engine/attempt-keys.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:1:2:3:4', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unix', 'unix'],
])('counts %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('keeps names, addresses and domains apart that would be the same when joined', () => {
  const pairs = [
    attemptKeys('a', 'bc', 'd'),
    attemptKeys('ab', 'c', 'd'),
    attemptKeys('a', 'b', 'cd'),
    attemptKeys('a', 'bc","', 'd'),
  ];
  expect(new Set(pairs.flatMap(({ pair, address }) => [pair, address])).size).toBe(7);
});
