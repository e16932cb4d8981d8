/** @module DOMAIN-X500-COMPRESS by the examples of RFC 4120 §3.3.3.2, and what no KDC writes. */
import { describe, expect, it } from 'vitest';
import { maxTransitedRealms, transitedRealms } from '../../../src/wire/kerberos/transited.ts';

const realms = (text: string, client = 'CLIENT.X', service = 'SERVICE.Y') =>
  transitedRealms(Buffer.from(text), client, service);

describe('the realms on the way', () => {
  it.each([
    ['', []],
    [
      'EDU,MIT.,ATHENA.,WASHINGTON.EDU,CS.',
      ['EDU', 'MIT.EDU', 'ATHENA.MIT.EDU', 'WASHINGTON.EDU', 'CS.WASHINGTON.EDU'],
    ],
    ['/COM,/HP,/APOLLO', ['/COM', '/COM/HP', '/COM/HP/APOLLO']],
    ['EDU, /COM', ['EDU', '/COM']],
    ['A\\,B,C', ['A,B', 'C']],
    ['A\\\\B', ['A\\B']],
  ])('%s are %j', (text, expected) => expect(realms(text)).toEqual(expected));

  it('name what a gap at the beginning leaves out', () => {
    expect(realms(',EDU', 'CS.MIT.EDU')).toEqual(['MIT.EDU', 'EDU']);
  });

  it('name what a gap at the end leaves out', () => {
    expect(realms('EDU,', 'MIT.EDU', 'CS.UTAH.EDU')).toEqual(['EDU', 'UTAH.EDU']);
  });

  it('name what a gap between two leaves out, up and down', () => {
    expect(realms('A.B.COM,,C.COM')).toEqual(['A.B.COM', 'B.COM', 'COM', 'C.COM']);
  });

  it('name the whole hierarchy when nothing is written at all but a gap', () => {
    expect(realms(',', 'A.EDU', 'B.EDU')).toEqual(['EDU']);
  });

  it('leave out the realms of client and service', () => {
    expect(realms('CLIENT.X,MIDDLE,SERVICE.Y')).toEqual(['MIDDLE']);
  });
});

describe('nothing is read', () => {
  it.each([
    ['of an escape without a character', 'A\\'],
    ['of more realms than anybody trusts', Array.from({ length: maxTransitedRealms + 1 }, (_, n) => `R${n}`).join(',')],
    ['of a name that grows by each field', 'A,'.concat('/B,'.repeat(1000)).repeat(2)],
    ['of too many bytes', 'A'.repeat(5000)],
  ])('%s', (_what, text) => expect(realms(text)).toBeUndefined());

  it('of bytes that are no text', () => expect(transitedRealms(Uint8Array.of(0xff), 'A', 'B')).toBeUndefined());
});
