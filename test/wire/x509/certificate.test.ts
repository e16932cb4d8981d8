/** @module Certificates read from DER: every rule of form that is broken makes it no certificate. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequence, utf8String } from '../../../src/wire/der.ts';
import { readCertificate } from '../../../src/wire/x509/certificate.ts';
import { certificateName } from '../../../src/wire/x509/certificate-names.ts';
import { readTrustExtensions } from '../../../src/wire/x509/extensions.ts';
import { readRevocationList } from '../../../src/wire/x509/revocation-list.ts';
import { commonName, createTestAuthority, extension } from '../../support/signed-certificate.ts';

const authority = createTestAuthority();
const leaf = authority.issue({ subject: [[commonName, 'alice']] });

describe('a certificate', () => {
  it('is read with its dates and its serial number', () => {
    expect(readCertificate(leaf)).toMatchObject({
      version: 3,
      notBeforeAt: Date.UTC(2020, 0, 1),
      notAfterAt: Date.UTC(2049, 0, 1),
    });
  });

  it('has nothing after it', () => {
    expect(readCertificate(Uint8Array.of(...leaf, 0))).toBeUndefined();
    expect(readCertificate(leaf.subarray(0, -1))).toBeUndefined();
  });

  it('has no extension twice', () => {
    const twice = [extension('1.2.3', utf8String('a')), extension('1.2.3', utf8String('b'))];
    expect(readCertificate(authority.issue({ subject: [], extensions: twice }))).toBeUndefined();
  });

  it('has at most 16 KiB', () => {
    const large = authority.issue({ subject: [[commonName, 'a'.repeat(17_000)]] });
    expect(readCertificate(large)).toBeUndefined();
  });

  it.each([
    ['basicConstraints', '2.5.29.19'],
    ['keyUsage', '2.5.29.15'],
    ['extendedKeyUsage', '2.5.29.37'],
    ['nameConstraints', '2.5.29.30'],
    ['subjectAltName', '2.5.29.17'],
  ])('with a malformed %s has no extensions that anybody may rely on', (_name, id) => {
    const broken = readCertificate(
      authority.issue({ subject: [], extensions: [extension(id, sequence(utf8String('x')))] }),
    );
    expect(broken).toBeDefined();
    expect(readTrustExtensions(broken!)).toBeUndefined();
  });

  it('is read, or not, without a fault, whatever the bytes', () => {
    const flipped = fc.tuple(fc.nat(leaf.length - 1), fc.nat(255)).map(([at, byte]) => leaf.with(at, byte));
    const cut = fc.nat(leaf.length).map((end) => leaf.subarray(0, end));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), flipped, cut), (bytes) => {
        const read = readCertificate(bytes);
        if (read !== undefined) readTrustExtensions(read);
        certificateName(bytes, 'SubjectDN');
        readRevocationList(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
