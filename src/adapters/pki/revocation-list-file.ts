/** @module A file of revocation lists: one in DER, as authorities publish them (RFC 5280 §4.2.1.13), or any number in PEM. */
import { GatehouseError } from '../../spi/errors.ts';
import { type RevocationList, readRevocationList } from '../../wire/x509/revocation-list.ts';
import { pemBlocks } from './pem.ts';

/** DER of a list begins with the tag of a SEQUENCE, which is also the digit 0: text may stand around PEM blocks. */
const sequenceTag = 0x30;
const pemBegin = '-----BEGIN X509 CRL-----';

/** @throws ERR_CONFIG_INVALID when it is neither, or holds a list that cannot be relied on alone */
export function readListFile(bytes: Uint8Array): readonly RevocationList[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isDer = bytes[0] === sequenceTag && !whole.includes(pemBegin);
  // Latin-1 keeps every byte: the text around the blocks may be in any encoding, the blocks are ASCII.
  const lists = isDer ? [bytes] : pemBlocks(whole.toString('latin1'), 'X509 CRL');
  return lists.map((der) => {
    const list = readRevocationList(der);
    if (list === undefined) {
      throw new GatehouseError(
        'ERR_CONFIG_INVALID',
        'a revocation list that cannot be read, or is a delta or indirect one',
      );
    }
    return list;
  });
}
