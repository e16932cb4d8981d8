/** @module XML encryption: what we encrypt is opened by xmlsec1 and by us, what xmlsec1 encrypts by us, and nothing else is. */
import { createPrivateKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ContentCipher,
  contentCiphers,
  type KeyTransport,
  keyTransports,
} from '../../../src/spi/xml-encryption.ts';
import { canonicalize } from '../../../src/wire/xml/canonicalize.ts';
import { decryptElement } from '../../../src/wire/xml/decrypt.ts';
import type { XmlElement } from '../../../src/wire/xml/element.ts';
import { encryptElement } from '../../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { runProgram } from '../../support/child-process.ts';
import { makeKeyPair, type TestKeyPair } from '../../support/keys.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const ours = makeKeyPair('rsa');
const other = makeKeyPair('rsa');
const secret = '<a:secret xmlns:a="urn:a">říjen &amp; <a:b></a:b></a:secret>';
const pairs = contentCiphers.flatMap((cipher) => keyTransports.map((transport) => ({ cipher, transport })));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-encryption-'));
  writeFileSync(join(folder, 'key.pem'), ours.privateKeyPem);
  writeFileSync(join(folder, 'certificate.pem'), ours.certificatePem);
});
afterAll(() => rmSync(folder, { recursive: true }));

function encrypted(cipher: ContentCipher = 'aes256-gcm', transport: KeyTransport = 'rsa-oaep-sha256', to = ours) {
  return encryptElement(secret, { publicKey: to.publicKey, cipher, transport }, randomBytes).xml;
}

const readText = (file: string) => readFileSync(file, 'utf8').replace(/^<\?xml.*\?>\s*/, '');

/** Writers choose between `é`, `&#xE9;` and empty-element tags. */
const canonical = (xml: string) => canonicalize(parseXml(xml));

const contained = (xml: string): XmlElement => parseXml(`<c>${xml}</c>`);

function decrypted(xml: string, pair: TestKeyPair = ours, ciphers: readonly ContentCipher[] = contentCiphers) {
  return decryptElement(contained(xml), { keys: [createPrivateKey(pair.privateKeyPem)], ciphers });
}

describe('what is encrypted', () => {
  test.each(pairs)('$cipher with $transport is opened again', ({ cipher, transport }) => {
    expect(decrypted(encrypted(cipher, transport))).toBe(secret);
  });

  // Debian's xmlsec1 does not know the identifier of the other transport.
  test.each(contentCiphers)('%s with rsa-oaep-sha1 is opened by xmlsec1', async (cipher) => {
    const file = join(folder, `${cipher}.xml`);
    writeFileSync(file, `<c>${encrypted(cipher, 'rsa-oaep-sha1')}</c>`);
    const { code, output } = await runProgram('xmlsec1', ['--decrypt', '--privkey-pem', join(folder, 'key.pem'), file]);
    expect(canonical(output)).toBe(`<c>${secret}</c>`);
    expect(code).toBe(0);
  });

  test('has a key that OpenSSL opens as RSA-OAEP with SHA-256 for label and mask', async () => {
    const [, wrapped = ''] = /<xenc:CipherValue>([^<]+)</.exec(encrypted('aes256-gcm')) ?? [];
    writeFileSync(join(folder, 'wrapped'), Buffer.from(wrapped, 'base64'));
    const options = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256'];
    const { code } = await runProgram('openssl', [
      ...['pkeyutl', '-decrypt', '-inkey', join(folder, 'key.pem'), '-in', join(folder, 'wrapped')],
      ...['-out', join(folder, 'key'), ...options.flatMap((option) => ['-pkeyopt', option])],
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, 'key')).byteLength).toBe(32);
  });

  test('is another text each time', () => {
    expect(encrypted()).not.toBe(encrypted());
  });

  test('is in canonical form', async () => {
    const file = join(folder, 'canonical.xml');
    writeFileSync(file, encrypted());
    const { output } = await runProgram('xmllint', ['--exc-c14n', file]);
    expect(output).toBe(readText(file));
  });
});

describe('what xmlsec1 encrypts', () => {
  const transport = `<x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>`;
  const template = (cipherUri: string) =>
    `<x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">` +
    `<x:EncryptionMethod Algorithm="${cipherUri}"/><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><x:EncryptedKey>` +
    `${transport}<KeyInfo><KeyName>k</KeyName></KeyInfo><x:CipherData><x:CipherValue/></x:CipherData>` +
    `</x:EncryptedKey></KeyInfo><x:CipherData><x:CipherValue/></x:CipherData></x:EncryptedData>`;

  test.each([
    ['http://www.w3.org/2009/xmlenc11#aes256-gcm', 'aes-256'],
    ['http://www.w3.org/2009/xmlenc11#aes128-gcm', 'aes-128'],
    ['http://www.w3.org/2001/04/xmlenc#aes128-cbc', 'aes-128'],
  ])('%s by %s keys is opened', async (uri, sessionKey) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at('template.xml'), template(uri));
    writeFileSync(at('plain.xml'), secret);
    const { code, output } = await runProgram('xmlsec1', [
      '--encrypt',
      ...['--pubkey-cert-pem:k', at('certificate.pem'), '--session-key', sessionKey, '--xml-data', at('plain.xml')],
      ...['--output', at('encrypted.xml'), at('template.xml')],
    ]);
    expect(output).toBe('');
    expect(code).toBe(0);
    expect(canonical(decrypted(readText(at('encrypted.xml'))))).toBe(secret);
  });
});

describe('is refused:', () => {
  interface Refusal {
    readonly name: string;
    readonly made: () => string;
    readonly pair?: TestKeyPair;
    readonly ciphers?: readonly ContentCipher[];
  }

  const refusals: readonly Refusal[] = [
    { name: 'for another key', made: () => encrypted(), pair: other },
    { name: 'CBC where it is not named', made: () => encrypted('aes128-cbc'), ciphers: ['aes128-gcm', 'aes256-gcm'] },
    { name: 'two EncryptedData', made: () => encrypted() + encrypted() },
    { name: 'none', made: () => '<d/>' },
    { name: 'content only', made: () => encrypted().replace('#Element"', '#Content"') },
    {
      name: 'an unknown content algorithm',
      made: () => encrypted().replace('xmlenc11#aes256-gcm', 'xmlenc#tripledes-cbc'),
    },
    { name: 'RSA with the old padding', made: () => encrypted().replace('xmlenc11#rsa-oaep', 'xmlenc#rsa-1_5') },
    { name: 'another mask than digest', made: () => encrypted().replace('#mgf1sha256', '#mgf1sha1') },
    { name: 'a reference instead of bytes', made: () => encrypted().replaceAll('CipherValue>', 'CipherReference>') },
    { name: 'what is not base64', made: () => encrypted().replace(/(CipherValue>)[A-Za-z0-9+/]{4}/, '$1!!!!') },
    { name: 'a key of the wrong length', made: () => encrypted('aes128-gcm').replace('aes128-gcm', 'aes256-gcm') },
    {
      name: 'five encrypted keys',
      made: () => encrypted().replace(/<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/, (key) => key.repeat(5)),
    },
  ];

  test.each(refusals)('$name', ({ made, pair, ciphers }) => {
    expect(refusalOf(() => decrypted(made(), pair, ciphers))).toBe('ERR_XML_ENCRYPTION');
  });

  test('any change of what GCM protects', () => {
    const whole = encrypted();
    const values = [...whole.matchAll(/CipherValue>([^<]+)</g)];
    const [from, length] = [whole.lastIndexOf(values[1]![1]!), values[1]![1]!.length];
    fc.assert(
      fc.property(fc.nat(length - 3), (at) => {
        const place = from + at;
        const changed = `${whole.slice(0, place)}${whole[place] === 'A' ? 'B' : 'A'}${whole.slice(place + 1)}`;
        expect(() => decrypted(changed)).toThrow('cannot be decrypted');
      }),
      { numRuns: 200 },
    );
  });
});

test('a key beside the data serves as well as one inside it', () => {
  const whole = encrypted();
  const [key = ''] = /<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/.exec(whole) ?? [];
  const beside = key.replace(
    '<xenc:EncryptedKey>',
    '<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">',
  );
  const inKeyInfo = key.replaceAll(
    '<ds:DigestMethod',
    '<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
  );
  expect(inKeyInfo).not.toBe(key);
  const moved = beside.replace('<ds:DigestMethod', '<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#"');
  expect(decrypted(whole.replace(key, '') + moved)).toBe(secret);
});
