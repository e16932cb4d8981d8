import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSelfSigned } from '../../src/adapters/self-signed.ts';
import { loadKeyPair, maxPemBytes } from '../../src/adapters/tls-key-pair.ts';
import { createAuthority, type Issued } from './certificate-authority.ts';

const now = Date.parse('2026-06-01T00:00:00Z');

let folder: string;
let authority: ReturnType<typeof createAuthority>;
let root: Issued;
let intermediate: Issued;
let leaf: Issued;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-tls-'));
  authority = createAuthority(folder);
  root = authority.issue('root', { ca: true });
  intermediate = authority.issue('intermediate', { ca: true, issuer: root });
  leaf = authority.issue('leaf', {
    issuer: intermediate,
    san: 'DNS:sso.example.com,DNS:*.apps.example.com,IP:10.0.0.1',
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function load(certificates: readonly string[], key: string, hostNames: readonly string[] = [], at = now) {
  const certificate = join(folder, 'chain.pem');
  const keyFile = join(folder, 'private.pem');
  await writeFile(certificate, certificates.join(''));
  await writeFile(keyFile, key);
  return loadKeyPair({ certificate, key: keyFile, hostNames, now: at });
}

const refusal = (message: string | RegExp, facts: object = {}) => ({
  code: 'ERR_TLS_KEY_PAIR',
  message: expect.stringMatching(message),
  facts: expect.objectContaining(facts),
});

describe('a good pair', () => {
  it('may end with the root, the intermediate or the leaf', async () => {
    for (const chain of [[leaf, intermediate, root], [leaf, intermediate], [leaf]]) {
      const pair = await load(
        chain.map(({ cert }) => cert),
        leaf.key,
      );
      expect(pair.cert.match(/BEGIN/g)).toHaveLength(chain.length);
    }
  });
  it('covers host names by name, by wildcard and by address', async () => {
    await load([leaf.cert], leaf.key, ['sso.example.com', 'x.apps.example.com', '10.0.0.1']);
  });
  it('says when it runs out and what its fingerprint is', async () => {
    const pair = await load([leaf.cert, intermediate.cert], leaf.key);
    expect(pair).toMatchObject({ minVersion: 'TLSv1.2', notAfterAt: Date.parse('2049-12-31T00:00:00Z') });
    expect(pair.fingerprint).toBe(new X509Certificate(leaf.cert).fingerprint256);
  });
  it('runs out with the first certificate of the chain that does', async () => {
    const short = authority.issue('short', { ca: true, issuer: root, to: '20270101000000Z' });
    const under = authority.issue('under', { issuer: short });
    const pair = await load([under.cert, short.cert], under.key);
    expect(pair.notAfterAt).toBe(Date.parse('2027-01-01T00:00:00Z'));
  });
  it('may have text around the PEM blocks', async () => {
    await load([`subject=leaf\n${leaf.cert}\nissuer:\n`, intermediate.cert], `comment\n${leaf.key}`);
  });
  it('may be self-signed', async () => {
    const made = await makeSelfSigned({ hostNames: ['localhost'], days: 1, keyType: 'rsa-2048', now });
    await load([made.certificatePem], made.keyPem, ['localhost']);
  });
  it('may be without an extended key usage', async () => {
    const any = authority.issue('any', { issuer: intermediate, usage: '' });
    await load([any.cert, intermediate.cert], any.key);
  });
});

describe('files', () => {
  it('a missing file is named', async () => {
    const certificate = join(folder, 'none.pem');
    await expect(loadKeyPair({ certificate, key: certificate, hostNames: [], now })).rejects.toMatchObject(
      refusal('cannot be read', { file: certificate, problem: 'there is no such file' }),
    );
  });
  it('a file that is too large is refused', async () => {
    await expect(load(['x'.repeat(maxPemBytes + 1)], leaf.key)).rejects.toMatchObject(refusal('cannot be read'));
  });
  it('a file without a certificate is refused', async () => {
    await expect(load([leaf.key], leaf.key)).rejects.toMatchObject(refusal('holds no PEM certificate'));
  });
  it('a damaged certificate is named by its place', async () => {
    const damaged = intermediate.cert.replace(/M[A-Za-z]/, '!!');
    await expect(load([leaf.cert, damaged], leaf.key)).rejects.toMatchObject(
      refusal('a certificate cannot be read', { certificate: 2 }),
    );
  });
  it('a file without a key is refused', async () => {
    await expect(load([leaf.cert], leaf.cert)).rejects.toMatchObject(refusal('holds no PEM private key'));
  });
  it('a damaged key is refused', async () => {
    const damaged = leaf.key.replace(/\nM[A-Za-z]{4}/, '\nAAAAA');
    await expect(load([leaf.cert], damaged)).rejects.toMatchObject(refusal('the private key cannot be read'));
  });
  it.each(['pkcs8', 'sec1'] as const)('an encrypted key (%s) is refused with advice', async (type) => {
    const options = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const encrypted = createPrivateKey(leaf.key)
      .export({ type, ...options })
      .toString();
    await expect(load([leaf.cert], encrypted)).rejects.toMatchObject(refusal('openssl pkey -in'));
  });
  it('a chain longer than any real one is refused', async () => {
    await expect(
      load(
        Array.from({ length: 11 }, () => leaf.cert),
        leaf.key,
      ),
    ).rejects.toMatchObject(refusal('too long', { certificates: 11 }));
  });
});

describe('the key and the chain', () => {
  it('a key of another certificate is refused', async () => {
    await expect(load([leaf.cert, intermediate.cert], root.key)).rejects.toMatchObject(refusal('does not belong'));
  });
  it('a chain in the wrong order is told from a wrong key', async () => {
    await expect(load([root.cert, intermediate.cert, leaf.cert], leaf.key)).rejects.toMatchObject(
      refusal('must come first', { position: 3 }),
    );
  });
  it('intermediates in the wrong order are refused', async () => {
    await expect(load([leaf.cert, root.cert, intermediate.cert], leaf.key)).rejects.toMatchObject(
      refusal('not issued by the next', { certificate: 1, subject: 'CN=leaf', issuer: 'CN=root' }),
    );
  });
  it('an issuer of the right name with another key is refused', async () => {
    const kept = createAuthority(await mkdtemp(join(folder, 'other-')));
    const impostorRoot = kept.issue('root', { ca: true });
    const impostor = kept.issue('intermediate', { ca: true, issuer: impostorRoot });
    await expect(load([leaf.cert, impostor.cert], leaf.key)).rejects.toMatchObject(
      refusal(/not issued by the next|not by the next/),
    );
  });
  it('an issuer that is no certification authority is refused', async () => {
    const below = authority.issue('below', { issuer: leaf });
    await expect(load([below.cert, leaf.cert], below.key)).rejects.toMatchObject(
      refusal(/not a certification authority|not issued by the next/, { certificate: 1 }),
    );
  });
});

describe('time', () => {
  it('an expired certificate is refused, with the day', async () => {
    await expect(load([leaf.cert], leaf.key, [], Date.parse('2050-01-01'))).rejects.toMatchObject(
      refusal('has expired', { validTo: '2049-12-31T00:00:00.000Z' }),
    );
  });
  it('a certificate of the future is refused', async () => {
    await expect(load([leaf.cert], leaf.key, [], Date.parse('2019-12-31'))).rejects.toMatchObject(
      refusal('not valid yet', { validFrom: '2020-01-01T00:00:00.000Z' }),
    );
  });
  it('an expired intermediate is refused', async () => {
    const old = authority.issue('old', { ca: true, issuer: root, to: '20210101000000Z' });
    const under = authority.issue('under-old', { issuer: old });
    await expect(load([under.cert, old.cert], under.key)).rejects.toMatchObject(
      refusal('has expired', { certificate: 2, subject: 'CN=old' }),
    );
  });
});

describe('use', () => {
  it('a host name that is not covered is refused, with what is covered', async () => {
    await expect(load([leaf.cert], leaf.key, ['sso.example.com', 'other.example.com'])).rejects.toMatchObject(
      refusal('does not cover', {
        hostName: 'other.example.com',
        covers: expect.stringContaining('DNS:sso.example.com'),
      }),
    );
  });
  it('the common name alone covers nothing', async () => {
    const bare = authority.issue('bare', { issuer: intermediate, san: '' });
    await expect(load([bare.cert, intermediate.cert], bare.key, ['bare'])).rejects.toMatchObject(
      refusal('does not cover'),
    );
  });
  it('a certificate for clients is refused', async () => {
    const client = authority.issue('client', { issuer: intermediate, usage: 'clientAuth' });
    await expect(load([client.cert, intermediate.cert], client.key)).rejects.toMatchObject(refusal('not for servers'));
  });
  it.each([
    ['a short RSA key', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'], '2048 to 16384 bits'],
    [
      'an EC key on a rare curve',
      ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
      'P-256, P-384 or P-521',
    ],
    ['an Ed25519 key', ['-algorithm', 'ED25519'], 'RSA or EC'],
  ])('%s is refused', async (name, key, message) => {
    const weak = authority.issue(name.replaceAll(' ', '-'), { issuer: intermediate, key });
    await expect(load([weak.cert, intermediate.cert], weak.key)).rejects.toMatchObject(refusal(message));
  });
});
