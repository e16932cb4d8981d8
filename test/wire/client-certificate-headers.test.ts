/** @module The header fields of six proxies, read back, and what no proxy writes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clientCertificateFormats,
  isClientCertificateHeader,
  readClientCertificate,
} from '../../src/wire/client-certificate-headers.ts';
import { commonName, createTestAuthority, pemText } from '../support/signed-certificate.ts';

const authority = createTestAuthority();
const leaf = authority.issue({ subject: [[commonName, 'alice']] });
const issuer = authority.certificate;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const escaped = (bytes: Uint8Array) => encodeURIComponent(pemText(bytes));
const both = base64(Buffer.concat([leaf, issuer]));
const flat = pemText(leaf).trim().replaceAll('\n', ' ');

function read(format: (typeof clientCertificateFormats)[number], headers: Record<string, string>, header?: string) {
  return readClientCertificate(format, headers, header)?.map((der) =>
    Buffer.from(der).equals(leaf) ? 'leaf' : Buffer.from(der).equals(issuer) ? 'issuer' : 'other',
  );
}

const unreadable: readonly string[] = [];

describe('a certificate', () => {
  it.each([
    ['nginx', { 'x-ssl-client-cert': escaped(leaf) }, ['leaf']],
    ['apache', { 'x-ssl-client-cert': flat }, ['leaf']],
    ['haproxy', { 'x-ssl-client-cert': base64(leaf) }, ['leaf']],
    ['haproxy', { 'x-ssl-client-cert': `"${base64(leaf)}"` }, ['leaf']],
    ['rfc9440', { 'client-cert': `:${base64(leaf)}:` }, ['leaf']],
    [
      'rfc9440',
      { 'client-cert': `:${base64(leaf)}:`, 'client-cert-chain': `:${base64(issuer)}:;x=1, :${base64(issuer)}:` },
      ['leaf', 'issuer', 'issuer'],
    ],
    ['traefik', { 'x-forwarded-tls-client-cert': base64(leaf) }, ['leaf']],
    [
      'traefik',
      { 'x-forwarded-tls-client-cert': encodeURIComponent(`${base64(leaf)},${base64(issuer)}`) },
      ['leaf', 'issuer'],
    ],
    [
      'envoy',
      { 'x-forwarded-client-cert': `By=spiffe://x;Hash=ab;Cert="${escaped(leaf)}";Subject="CN=a,O=\\"b\\"";URI=` },
      ['leaf'],
    ],
    [
      'envoy',
      { 'x-forwarded-client-cert': `Cert="${escaped(leaf)}";Chain="${escaped(leaf)}${escaped(issuer)}"` },
      ['leaf', 'issuer'],
    ],
    ['envoy', { 'x-forwarded-client-cert': `Cert="${escaped(issuer)}",Cert="${escaped(leaf)}"` }, ['leaf']],
  ] as const)('of %s is read', (format, headers, chain) => expect(read(format, headers)).toEqual(chain));

  it.each([
    ['nginx', { 'x-ssl-client-cert': '' }],
    ['apache', { 'x-ssl-client-cert': '(null)' }],
    ['rfc9440', { 'client-cert-chain': `:${base64(issuer)}:` }],
    ['envoy', { 'x-forwarded-client-cert': 'By=x;Hash=y' }],
    ['traefik', {}],
  ] as const)('of %s is not there', (format, headers) => expect(read(format, headers)).toBeUndefined());

  it.each([
    ['nginx', { 'x-ssl-client-cert': `${escaped(leaf)}, ${escaped(leaf)}` }, 'comes twice'],
    ['nginx', { 'x-ssl-client-cert': 'SUCCESS' }, 'is a word'],
    ['nginx', { 'x-ssl-client-cert': escaped(leaf).replace('%0A', '%0') }, 'has a broken escape'],
    ['apache', { 'x-ssl-client-cert': `${flat} ${flat}` }, 'comes twice'],
    ['haproxy', { 'x-ssl-client-cert': base64(leaf).slice(0, -8) }, 'is cut'],
    ['haproxy', { 'x-ssl-client-cert': `${base64(leaf)}, ${base64(leaf)}` }, 'comes twice'],
    ['haproxy', { 'x-ssl-client-cert': both }, 'is followed by another'],
    ['rfc9440', { 'client-cert': base64(leaf) }, 'has no colons'],
    ['rfc9440', { 'client-cert': `:${base64(leaf)}:, :${base64(leaf)}:` }, 'comes twice'],
    ['rfc9440', { 'client-cert': `:${base64(leaf)}:`, 'client-cert-chain': 'x' }, 'has a chain that is none'],
    ['traefik', { 'x-forwarded-tls-client-cert': `${base64(leaf)},` }, 'ends with a comma'],
    ['envoy', { 'x-forwarded-client-cert': `Cert="${escaped(leaf)}` }, 'has an open quote'],
    ['envoy', { 'x-forwarded-client-cert': `Cert="${escaped(leaf)}";Cert="${escaped(issuer)}"` }, 'is named twice'],
    [
      'envoy',
      { 'x-forwarded-client-cert': `Cert="${escaped(issuer)}";Chain="${escaped(leaf)}"` },
      'is another than in its chain',
    ],
  ] as const)('of %s cannot be read with %j, which %s', (format, headers, _why) =>
    expect(read(format, headers)).toEqual(unreadable),
  );

  it('is read out of the field that is configured', () => {
    expect(read('nginx', { 'x-my-cert': escaped(leaf) }, 'x-my-cert')).toEqual(['leaf']);
    expect(read('nginx', { 'x-ssl-client-cert': escaped(leaf) }, 'x-my-cert')).toBeUndefined();
  });

  it.each(clientCertificateFormats)('of %s is read or not, without a fault, whatever is written', (format) => {
    const names = [
      'x-ssl-client-cert',
      'client-cert',
      'client-cert-chain',
      'x-forwarded-tls-client-cert',
      'x-forwarded-client-cert',
    ];
    const piece = fc.oneof(
      fc.constantFrom(':', ',', ';', '"', '%', '\\', '=', 'Cert=', 'Chain=', escaped(leaf), flat, base64(leaf), both),
      fc.string(),
    );
    const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
        const chain = readClientCertificate(format, headers);
        expect(chain === undefined || chain.length <= 10).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is looked for in time that grows with the field, not faster', () => {
    const long = `Cert="${'\\"'.repeat(7000)}`;
    expect(read('envoy', { 'x-forwarded-client-cert': long })).toEqual(unreadable);
  });
});

describe('a field of a certificate', () => {
  it.each([
    'Client-Cert',
    'client-cert-chain',
    'X-Forwarded-Client-Cert',
    'x-forwarded-tls-client-cert',
    'X-Forwarded-Tls-Client-Cert-Info',
    'X-SSL-Client-Cert',
    'SSL_CLIENT_CERT',
    'ssl-client-verify',
    'X-SSL-Client-S-DN',
    'X-Client-Cert',
    'X-ARR-ClientCert',
  ])('is %s', (name) => expect(isClientCertificateHeader(name)).toBe(true));

  it.each(['host', 'cookie', 'authorization', 'x-forwarded-for', 'x-client-ip', 'x-client-version'])(
    'is not %s',
    (name) => {
      expect(isClientCertificateHeader(name)).toBe(false);
    },
  );
});
