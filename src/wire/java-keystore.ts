/** @module Java's own keystore formats, JKS and JCEKS (sun.security.provider.JavaKeyStore): the certificates that they trust, read only. */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface TrustedCertificate {
  /** In lower case: Java does not keep the case. */
  readonly alias: string;
  readonly der: Uint8Array;
}

export type JavaKeystore =
  | { readonly certificates: readonly TrustedCertificate[]; readonly hasPrivateKeys: boolean }
  | { readonly problem: string };

const jks = 0xfeedfeed;
const jceks = 0xcececece;
const digestBytes = 20;
/** A truststore of a JDK has some 150; an entry takes work to check. */
const maxEntries = 10_000;

/** `password` is that of the store: with it the digest at the end is verified. Never throws for any bytes. */
export function readJavaKeystore(bytes: Uint8Array, password: string): JavaKeystore {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let isShort = false;
  const take = (length: number): Buffer => {
    if (length > data.length - digestBytes - at) {
      isShort = true;
      return Buffer.alloc(0);
    }
    at += length;
    return data.subarray(at - length, at);
  };
  const number = (length: 2 | 4): number => {
    const read = take(length);
    return isShort ? 0 : read.readUIntBE(0, length);
  };
  const magic = number(4);
  if (isShort || (magic !== jks && magic !== jceks)) return { problem: 'it is neither a JKS nor a JCEKS keystore' };
  const version = number(4);
  const count = number(4);
  if (version < 1 || version > 2 || count > maxEntries)
    return { problem: 'it is a keystore of a kind that is not known' };
  const readCertificate = (): Buffer => {
    const type = version === 2 ? take(number(2)).toString('latin1') : 'X.509';
    const der = take(number(4));
    return type === 'X.509' ? der : Buffer.alloc(0);
  };
  const certificates: TrustedCertificate[] = [];
  let hasPrivateKeys = false;
  for (let entry = 0; entry < count && !isShort; entry += 1) {
    const tag = number(4);
    // Modified UTF-8 differs for U+0000 and beyond U+FFFF only.
    const alias = take(number(2)).toString('utf8');
    take(8);
    if (tag === 2) {
      const der = readCertificate();
      if (der.length > 0) certificates.push({ alias, der: new Uint8Array(der) });
    } else if (tag === 1) {
      hasPrivateKeys = true;
      take(number(4));
      const chain = number(4);
      for (let link = 0; link < chain && !isShort; link += 1) readCertificate();
    } else {
      return { problem: 'it holds secret keys, which only the vault reads' };
    }
  }
  if (isShort || at !== data.length - digestBytes) return { problem: 'it is damaged' };
  const digest = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(data.subarray(0, at))
    .digest();
  return timingSafeEqual(digest, data.subarray(at))
    ? { certificates, hasPrivateKeys }
    : { problem: 'it was changed, or its password is another one' };
}
