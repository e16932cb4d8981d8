/** @module Strict UTF-8: what is not UTF-8 is refused, never repaired. */
import { isUtf8 } from 'node:buffer';
import { GatehouseError } from '../../spi/errors.ts';

/** U+FEFF in front of everything. */
export const byteOrderMark = '\uFEFF';

/**
 * The text of an XML document that must be UTF-8 without a byte order mark. (UTF-16 fails here or, where every character is
 * ASCII, by its NULs in the reader.)
 * @throws ERR_XML_MALFORMED
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new GatehouseError('ERR_XML_MALFORMED', 'The document is not UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.startsWith(byteOrderMark)) {
    throw new GatehouseError('ERR_XML_MALFORMED', 'The document begins with a byte order mark');
  }
  return text;
}
