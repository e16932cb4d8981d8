/** @module QR codes (ISO/IEC 18004): a text as dark and light squares, or as lines for a terminal. */
import { encode, renderUnicodeCompact } from 'uqr';

/** Rows of squares, true for dark, with the quiet zone of four that cameras need. */
export type QrSquares = readonly (readonly boolean[])[];

const quietZone = 4;

/** @throws Error when the text is longer than a QR code holds (about 2,900 characters) */
export function qrSquares(text: string): QrSquares {
  return encode(text, { ecc: 'M', border: quietZone }).data;
}

/** Light on dark, as most terminals are: two rows of squares in a line. */
export function qrLines(text: string): string {
  return renderUnicodeCompact(text, { ecc: 'L', border: quietZone });
}
