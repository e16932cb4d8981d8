/** @module Blocks of addresses: what is in them, also as an IPv6 socket writes IPv4, and what is no block. */
import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlock } from '../../src/wire/address-block.ts';

describe('a block of addresses', () => {
  it.each([
    ['10.0.0.0/8', '10.255.1.2', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.0/24', '::ffff:192.0.2.9', true],
    ['::ffff:192.0.2.0/24', '192.0.2.9', true],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '::1', false],
    ['fc00::/7', 'fd12:3456::1', true],
    ['fc00::/7', '2001:db8::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['2001:db8::/32', '2001:db8:1::192.0.2.1', true],
    ['::/0', '2001:db8::1', true],
    ['127.0.0.0/8', '', false],
    ['127.0.0.0/8', 'localhost', false],
  ])('%s has %s: %s', (block, address, inside) => {
    expect(parseBlock(block)?.(address)).toBe(inside);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    '010.0.0.1',
    '256.0.0.1',
    '::/129',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '10.0.0.0/8/8',
    'x',
  ])('is not %j', (text) => {
    expect(parseBlock(text)).toBeUndefined();
  });

  it('is what Node takes for an address, for whatever is written', () => {
    const written = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(written, (text) => {
        expect([text, parseBlock(text) !== undefined]).toEqual([text, isIP(text) !== 0]);
      }),
      { numRuns: 300 },
    );
  });

  it('holds itself, however it is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        expect(parseBlock(text)?.(text)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
