/** @module Writes a truststore as Java's keytool does (JKS, version 2): certificates under aliases, and the digest of the password. */
import { createHash } from 'node:crypto';

export function writeJavaKeystore(certificates: Readonly<Record<string, Uint8Array>>, password: string): Buffer {
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntBE(value, 0, bytes);
    return buffer;
  };
  const text = (value: string) => Buffer.concat([number(Buffer.byteLength(value), 2), Buffer.from(value)]);
  const entries = Object.entries(certificates).flatMap(([alias, der]) => [
    number(2, 4),
    text(alias.toLowerCase()),
    Buffer.alloc(8),
    text('X.509'),
    number(der.length, 4),
    der,
  ]);
  const data = Buffer.concat([
    number(0xfeedfeed, 4),
    number(2, 4),
    number(Object.keys(certificates).length, 4),
    ...entries,
  ]);
  const digest = createHash('sha1')
    .update(Buffer.from(password, 'utf16le').swap16())
    .update('Mighty Aphrodite')
    .update(data)
    .digest();
  return Buffer.concat([data, digest]);
}
