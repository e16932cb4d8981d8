import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../src/wire/encoding/utf8.ts';
import { refusalOf } from '../../support/thrown-code.ts';

describe('decoding UTF-8', () => {
  it('reads characters of every length', () => {
    expect(decodeUtf8(Buffer.from('aé€🎈'))).toBe('aé€🎈');
  });

  it.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x3c]],
    ['UTF-16 with its mark', [0xff, 0xfe, 0x3c, 0x00]],
    ['an overlong form', [0xc0, 0xbc]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character cut short', [0xe2, 0x82]],
    ['Latin-1', [0x4d, 0xe9, 0x72]],
    ['a code point above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses %s', (_what, bytes) => {
    expect(refusalOf(() => decodeUtf8(Uint8Array.from(bytes)))).toBe('ERR_XML_MALFORMED');
  });
});
