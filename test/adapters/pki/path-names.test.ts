/** @module Name constraints of authorities, held against the names of real certificates. */
import { describe, expect, it } from 'vitest';
import { authority, client, type IssuedCertificate } from '../../support/client-certificates.ts';
import { judge, made, root } from './path-fixture.ts';

describe('name constraints', () => {
  const limited = (name: string, constraint: string) =>
    made.issue(name, { issuer: root, extensions: [...authority(), `nameConstraints=critical,${constraint}`] });
  let count = 0;
  function under(issuer: IssuedCertificate, subject: string, names = '') {
    count += 1;
    const extensions = [...client, ...(names === '' ? [] : [`subjectAltName=${names}`])];
    return judge(made.issue(`nc-${count}`, { issuer, subject, extensions }), [issuer]);
  }
  const dns = limited('nc-dns', 'permitted;DNS:example.com,excluded;DNS:secret.example.com');
  const email = limited(
    'nc-email',
    'permitted;email:example.com,permitted;email:.corp.example,permitted;email:boss@other.example',
  );

  it.each([
    ['example.com', 'found 3'],
    ['a.b.example.com', 'found 3'],
    ['badexample.com', 'name-constraints'],
    ['secret.example.com', 'name-constraints'],
    ['x.SECRET.example.com', 'name-constraints'],
    ['example.org', 'name-constraints'],
  ])('say of the host %s: %s', (name, verdict) => expect(under(dns, '/CN=x', `DNS:${name}`)).toBe(verdict));

  it.each([
    ['a@example.com', 'found 3'],
    ['a@EXAMPLE.com', 'found 3'],
    ['a@sub.example.com', 'name-constraints'],
    ['a@x.corp.example', 'found 3'],
    ['a@corp.example', 'name-constraints'],
    ['boss@other.example', 'found 3'],
    ['a@other.example', 'name-constraints'],
  ])('say of the address %s: %s', (name, verdict) => expect(under(email, '/CN=x', `email:${name}`)).toBe(verdict));

  it('are about an address in the subject as well', () => {
    expect(under(email, '/CN=x/emailAddress=a@evil.example')).toBe('name-constraints');
  });

  it('do not limit names of another kind', () => expect(under(dns, '/CN=x', 'email:a@evil.example')).toBe('found 3'));

  it('are about the distinguished name, whatever its case and blanks', () => {
    const extensions = [
      ...authority(),
      'nameConstraints=critical,permitted;dirName:dn',
      '[dn]',
      'C=DE',
      'O=Example Corp',
    ];
    const issuer = made.issue('nc-dn', { issuer: root, extensions });
    expect(under(issuer, '/C=DE/O=example  corp/CN=x')).toBe('found 3');
    expect(under(issuer, '/C=DE/O=Example Corporation/CN=x')).toBe('name-constraints');
    expect(under(issuer, '/CN=x/C=DE/O=Example Corp')).toBe('name-constraints');
  });

  it('are about IP addresses', () => {
    const issuer = limited('nc-ip', 'permitted;IP:10.0.0.0/255.0.0.0');
    expect(under(issuer, '/CN=x', 'IP:10.1.2.3')).toBe('found 3');
    expect(under(issuer, '/CN=x', 'IP:11.1.2.3')).toBe('name-constraints');
    expect(under(issuer, '/CN=x', 'IP:::1')).toBe('name-constraints');
  });

  it('of an authority hold below the next authority too', () => {
    const below = made.issue('nc-below', { issuer: dns, extensions: authority() });
    const leaf = made.issue('nc-below-leaf', {
      issuer: below,
      extensions: [...client, 'subjectAltName=DNS:evil.example'],
    });
    expect(judge(leaf, [dns, below])).toBe('name-constraints');
  });
});
