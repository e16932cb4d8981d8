import { describe, expect, it } from 'vitest';
import { qrLines, qrSquares } from '../../src/adapters/qr-code.ts';

const uri = 'otpauth://totp/Example:alice?secret=MZXW6YTBOI&issuer=Example';

describe('a QR code', () => {
  it('is a square with a light border of four and the three finder patterns', () => {
    const squares = qrSquares(uri);
    const size = squares.length;
    expect(squares.filter((row) => row.length !== size)).toEqual([]);
    expect(squares.slice(0, 4).flat().includes(true)).toBe(false);
    const finder = squares[4]!.slice(4, 11);
    expect(finder).toEqual(Array.from({ length: 7 }, () => true));
    expect(squares[4]!.slice(size - 11, size - 4)).toEqual(finder);
    expect(squares[size - 5]!.slice(4, 11)).toEqual(finder);
  });

  it('is drawn for a terminal in lines of one length', () => {
    const lines = qrLines(uri).split('\n');
    expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
  });
});
