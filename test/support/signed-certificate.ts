/** @module Certificates with names that openssl would not write: built and signed here, for attacks on names. */
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  contextExplicit,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  time,
  utf8String,
} from '../../src/wire/der.ts';

export interface TestSubject {
  /** `[object identifier, text]`, the country first. */
  readonly subject: readonly (readonly [string, string])[];
  /** GeneralName elements, whole. */
  readonly alternativeNames?: readonly Uint8Array[];
  /** Further elements of the extension list. */
  readonly extensions?: readonly Uint8Array[];
}

export const commonName = '2.5.4.3';
const ecdsaSha256 = () => sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const nameOf = (attributes: TestSubject['subject']) =>
  sequence(...attributes.map(([type, text]) => setOfOne(sequence(objectIdentifier(type), utf8String(text)))));

/** An authority and what it signs: every certificate valid from 2020 to 2049, P-256. */
export function createTestAuthority(name = 'test authority') {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = nameOf([[commonName, name]]);
  let serial = 0;

  function build(subject: Uint8Array, spki: Uint8Array, extensions: readonly Uint8Array[]): Uint8Array {
    serial += 1;
    const body = sequence(
      contextExplicit(0, integer(Uint8Array.of(2))),
      integer(Uint8Array.of(1, serial)),
      ecdsaSha256(),
      issuer,
      sequence(time(Date.UTC(2020, 0, 1)), time(Date.UTC(2049, 0, 1))),
      subject,
      spki,
      ...(extensions.length === 0 ? [] : [contextExplicit(3, sequence(...extensions))]),
    );
    return sequence(body, ecdsaSha256(), bitString(sign('sha256', body, keys.privateKey)));
  }

  const exported = (key: typeof keys.publicKey) => key.export({ type: 'spki', format: 'der' });
  return {
    certificate: build(issuer, exported(keys.publicKey), [
      extension('2.5.29.19', sequence(boolean(true)), true),
      extension('2.5.29.15', namedBits([5, 6]), true),
    ]),
    issue({ subject, alternativeNames = [], extensions = [] }: TestSubject): Uint8Array {
      const names = alternativeNames.length === 0 ? [] : [extension('2.5.29.17', sequence(...alternativeNames))];
      return build(nameOf(subject), exported(holder.publicKey), [...names, ...extensions]);
    },
  };
}

export function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

export function pemText(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}
