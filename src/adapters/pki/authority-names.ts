/** @module Certificates that are nothing but an authority's name: what a TLS listener needs to tell clients whom it asks about. */
import { generateKeyPairSync } from 'node:crypto';
import { bitString, integer, objectIdentifier, sequence, time } from '../../wire/der.ts';

/**
 * PEM with this subject, a key that nobody holds and that cannot sign, and a signature that is none. With the real authorities
 * OpenSSL would verify the chain itself, and after a success Node no longer shows the intermediates that the client has sent:
 * the truststore, which decides, would miss them. A listener with these can verify nobody, and sends the same names.
 */
export function nameBearer(subjectDer: Uint8Array): string {
  // A key for signatures would be tried, and the failure stay behind in OpenSSL as an error of the next read.
  const { publicKey } = generateKeyPairSync('x25519');
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const one = integer(Uint8Array.of(1));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const body = sequence(one, algorithm, subjectDer, sequence(time(0), time(1)), subjectDer, key);
  const der = sequence(body, algorithm, bitString(sequence(one, one)));
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
