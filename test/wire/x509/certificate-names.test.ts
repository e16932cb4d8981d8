/** @module Names of certificates as JBoss knew them: written as Java's X500Name writes them. */
import { describe, expect, it } from 'vitest';
import { contextExplicit, contextImplicit, objectIdentifier, utf8String } from '../../../src/wire/der.ts';
import { readCertificate } from '../../../src/wire/x509/certificate.ts';
import { certificateName } from '../../../src/wire/x509/certificate-names.ts';
import { x500NameKey } from '../../../src/wire/x509/x500-name.ts';
import { commonName, createTestAuthority, type TestSubject } from '../../support/signed-certificate.ts';

const authority = createTestAuthority('Test CA, Ltd.');
const ou = '2.5.4.11';
const o = '2.5.4.10';

const dnOf = (...subject: TestSubject['subject']) => certificateName(authority.issue({ subject }), 'SubjectDN');

describe('SubjectDN', () => {
  // Each expected text is what Java 17 prints for these values.
  it.each([
    [
      [
        ['2.5.4.6', 'US'],
        [o, 'Sun'],
        [ou, 'Java'],
        [commonName, 'Duke'],
      ],
      'CN=Duke, OU=Java, O=Sun, C=US',
    ],
    [
      [
        [o, 'Example, Inc.'],
        [commonName, 'x'],
      ],
      'CN=x, O="Example, Inc."',
    ],
    [[[commonName, 'a+b=c']], 'CN="a+b=c"'],
    [[[commonName, 'back\\slash']], 'CN="back\\\\slash"'],
    [[[commonName, ' leading']], 'CN=" leading"'],
    [[[commonName, 'two  blanks']], 'CN="two  blanks"'],
    [[[commonName, 'alice@example.com']], 'CN=alice@example.com'],
    [[['1.2.840.113549.1.9.1', 'a@b.c']], 'EMAILADDRESS=a@b.c'],
    [
      [
        ['0.9.2342.19200300.100.1.1', 'alice'],
        ['0.9.2342.19200300.100.1.25', 'com'],
      ],
      'DC=com, UID=alice',
    ],
    [
      [
        ['2.5.4.8', 'Bavaria'],
        ['2.5.4.46', 'q'],
        ['2.5.4.12', 'Dr'],
      ],
      'T=Dr, DNQ=q, ST=Bavaria',
    ],
    [[['1.2.3.4', 'x']], 'OID.1.2.3.4=x'],
    [[[commonName, 'Zoë 李']], 'CN=Zoë 李'],
  ] as const)('of %j is %s', (subject, text) => expect(dnOf(...subject)).toBe(text));

  it('writes no two names alike: a quotation mark in a value is escaped', () => {
    expect(dnOf([commonName, 'a,b'])).toBe('CN="a,b"');
    expect(dnOf([commonName, '"a,b"'])).toBe('CN="\\"a,b\\""');
    expect(dnOf([commonName, 'x, OU=admin'])).toBe('CN="x, OU=admin"');
  });

  it('of a certificate without a subject is none', () => expect(dnOf()).toBeUndefined());
});

describe('other names', () => {
  const upn = (name: string) =>
    contextExplicit(
      0,
      Buffer.concat([objectIdentifier('1.3.6.1.4.1.311.20.2.3'), contextExplicit(0, utf8String(name))]),
    );
  const email = (text: string) => contextImplicit(1, Buffer.from(text));
  const leaf = authority.issue({
    subject: [
      [commonName, 'first'],
      [commonName, 'alice'],
    ],
    alternativeNames: [email('alice@example.com'), upn('alice@CORP.EXAMPLE')],
  });

  it('are the last CN', () => expect(certificateName(leaf, 'SubjectCN')).toBe('alice'));
  it('are serial number and issuer', () => {
    expect(certificateName(leaf, 'SerialNumberIssuerDN')).toMatch(/^\d+ CN="Test CA, Ltd\."$/);
  });
  it('are the one e-mail address', () => expect(certificateName(leaf, 'email')).toBe('alice@example.com'));
  it('are the user principal name', () => expect(certificateName(leaf, 'UPN')).toBe('alice@CORP.EXAMPLE'));

  it('are none where two could be meant', () => {
    const two = authority.issue({ subject: [[commonName, 'x']], alternativeNames: [email('a@b'), email('c@d')] });
    expect(certificateName(two, 'email')).toBeUndefined();
  });

  it('are none where there is nothing', () => {
    const bare = authority.issue({ subject: [[o, 'x']] });
    for (const source of ['SubjectCN', 'email', 'UPN'] as const) expect(certificateName(bare, source)).toBeUndefined();
    expect(certificateName(new Uint8Array([1]), 'SubjectDN')).toBeUndefined();
  });

  it('are none where an address holds a NUL', () => {
    const cut = authority.issue({ subject: [], alternativeNames: [email('alice@example.com\0.evil')] });
    expect(certificateName(cut, 'email')).toBeUndefined();
  });
});

describe('names are compared', () => {
  const key = (...subject: TestSubject['subject']) =>
    x500NameKey(readCertificate(authority.issue({ subject }))!.subject);
  it('without regard to case and blanks', () => {
    expect(key([o, ' Example  CORP '])).toBe(key([o, 'example corp']));
  });
  it('with regard to everything else', () => {
    expect(key([o, 'a'], [ou, 'b'])).not.toBe(key([ou, 'b'], [o, 'a']));
    expect(key([o, 'a","b'])).not.toBe(key([o, 'a'], [o, 'b']));
  });
});
