/** @module PEM blocks (RFC 7468) of one kind out of a text. */
import { GatehouseError } from '../../spi/errors.ts';
import { decodeWrappedBase64 } from '../../wire/encoding/base64.ts';

/** Text around the blocks is passed over, as OpenSSL does. @throws ERR_CONFIG_INVALID when there is no block, or a damaged one. */
export function pemBlocks(text: string, label: 'CERTIFICATE' | 'X509 CRL'): readonly Uint8Array[] {
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, 'g');
  const blocks = [...text.matchAll(pattern)].map(([, body = '']) => decodeWrappedBase64(body));
  const begun = text.split(`-----BEGIN ${label}-----`).length - 1;
  const whole = blocks.filter((one) => one !== undefined);
  if (whole.length === 0 || whole.length < begun) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'a PEM file without a whole block of the kind that is wanted', {
      facts: { label },
    });
  }
  return whole;
}
