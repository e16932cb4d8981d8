/** @module A truststore of files: anchors, intermediates, entries and revocation lists, and their changes. */
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import type { TruststoreSettings } from '../../../src/adapters/pki/truststore.ts';
import { authority, client, createCertificates } from '../../support/client-certificates.ts';
import { rejectionOf } from '../../support/thrown-code.ts';
import { truststoreOver } from '../../support/truststores.ts';

const made = createCertificates();
afterAll(() => made.remove());
const root = made.issue('root', { extensions: authority() });
const middle = made.issue('middle', { issuer: root, extensions: authority() });
const alice = made.issue('alice', { issuer: middle });
const bob = made.issue('bob', { issuer: middle });
const lonely = made.issue('lonely');
const { signal } = new AbortController();
const pem = { 'root.pem': root.pem, 'middle.pem': middle.pem, 'alice.pem': alice.pem, 'lonely.pem': lonely.pem };

async function open(
  settings: Partial<TruststoreSettings>,
  texts: Readonly<Record<string, string>> = {},
  now?: () => number,
) {
  const { store, files } = await truststoreOver(
    { ...pem, ...texts },
    { certificates: ['root.pem'], ...settings },
    now === undefined ? {} : { now },
  );
  return {
    files,
    store,
    ask: (leaf: { readonly der: Uint8Array }, ...shown: { readonly der: Uint8Array }[]) =>
      store.validate(
        [leaf, ...shown].map(({ der }) => der),
        signal,
      ),
  };
}

const trusted = { status: 'trusted' };
const refused = (reason: string) => expect.objectContaining({ status: 'refused', reason });

describe('a truststore', () => {
  it('believes who has a path to one of its authorities', async () => {
    const { ask } = await open({});
    expect(await ask(alice, middle)).toEqual(trusted);
    expect(await ask(alice)).toEqual(refused('no-path'));
  });

  it('knows intermediates that the client does not show', async () => {
    const { ask } = await open({ intermediates: ['middle.pem'] });
    expect(await ask(alice)).toEqual(trusted);
  });

  it('takes over a changed file', async () => {
    const { ask, files } = await open({});
    files.set('root.pem', made.issue('other-root', { extensions: authority() }).pem);
    expect(await ask(alice, middle)).toEqual(refused('no-path'));
  });

  it('refuses bytes that are no certificate, and issuers that are none do no harm', async () => {
    const { ask } = await open({});
    const noise = { der: new Uint8Array([1, 2, 3]) };
    expect(await ask(noise)).toEqual(refused('malformed'));
    expect(await ask(alice, noise, middle)).toEqual(trusted);
  });

  it('tells listeners whose certificates to ask for', async () => {
    const { store } = await open({ entries: { lonely: 'lonely.pem' } });
    const bearers = store.acceptedAuthorities().map((text) => new X509Certificate(text));
    expect(bearers.map(({ subject }) => subject)).toEqual(['CN=root', 'CN=lonely']);
    // Names and nothing else: OpenSSL has nobody to believe.
    expect(bearers.some((bearer) => bearer.verify(bearer.publicKey))).toBe(false);
  });

  it.each([
    ['a file that is not there', { certificates: ['none.pem'] }, 'ERR_CONFIG_UNREADABLE'],
    ['a file without a certificate', { certificates: ['text.pem'] }, 'ERR_CONFIG_INVALID'],
    ['a person among the authorities', { certificates: ['alice.pem'] }, 'ERR_CONFIG_INVALID'],
    ['two certificates in an entry', { entries: { x: 'two.pem' } }, 'ERR_CONFIG_INVALID'],
    ['a revocation list that is none', { crl: ['root.pem'] }, 'ERR_CONFIG_INVALID'],
  ] as const)('does not open with %s', async (_what, settings, code) => {
    expect(await rejectionOf(open(settings, { 'text.pem': 'x', 'two.pem': root.pem + middle.pem }))).toBe(code);
  });
});

describe('entries', () => {
  it('give back the certificate under an alias', async () => {
    const { store } = await open({ entries: { 'CN=alice': 'alice.pem' } });
    expect(store.hasEntries).toBe(true);
    expect(Buffer.from(store.find('CN=alice')!).equals(alice.der)).toBe(true);
    expect(store.find('cn=alice')).toBeUndefined();
    expect(store.find('__proto__')).toBeUndefined();
  });

  it('that are self-signed are their own anchors', async () => {
    const { ask } = await open({ certificates: [], entries: { lonely: 'lonely.pem' } });
    expect(await ask(lonely)).toEqual(trusted);
    expect(await ask(made.issue('twin', { subject: '/CN=lonely' }))).toEqual(refused('no-path'));
  });

  it('that are self-signed still have to be for clients, and in their time', async () => {
    const server = made.issue('self-server', { extensions: ['extendedKeyUsage=serverAuth'] });
    const old = made.issue('self-old', { to: '20210101000000Z' });
    const { ask } = await open({ entries: { a: 'a.pem', b: 'b.pem' } }, { 'a.pem': server.pem, 'b.pem': old.pem });
    expect(await ask(server)).toEqual(refused('extended-key-usage'));
    expect(await ask(old)).toEqual(refused('expired'));
  });

  it('that somebody has issued need the authority as well', async () => {
    const { ask } = await open({ certificates: [], entries: { alice: 'alice.pem' } });
    expect(await ask(alice)).toEqual(refused('no-path'));
  });

  it('vouch for nobody below them', async () => {
    const below = made.issue('below-lonely', { issuer: lonely });
    const { ask } = await open({ entries: { lonely: 'lonely.pem' } });
    expect(await ask(below, lonely)).toEqual(refused('no-path'));
  });
});

describe('a revocation list in DER', () => {
  const der = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const list = (revoked: Parameters<typeof made.revocationList>[1]) =>
    latin1(der(made.revocationList(middle, revoked)));
  const settings = { crl: ['middle.crl'], revocationScope: 'leaf' } as const;

  it('is read like one in PEM', async () => {
    const { ask } = await open(settings, { 'middle.crl': list([bob]) }, () => Date.now());
    expect(await ask(alice, middle)).toEqual(trusted);
    expect(await ask(bob, middle)).toEqual(refused('revoked'));
  });

  it('may take the place of one in PEM while the server runs', async () => {
    const { ask, files } = await open(settings, { 'middle.crl': made.revocationList(middle, []) }, () => Date.now());
    expect(await ask(bob, middle)).toEqual(trusted);
    files.setBytes('middle.crl', der(made.revocationList(middle, [bob])));
    expect(await ask(bob, middle)).toEqual(refused('revoked'));
  });

  it.each([
    ['with a byte behind it', (text: string) => `${text}\0`],
    ['without its last byte', (text: string) => text.slice(0, -1)],
    ['that is empty', () => ''],
  ])('%s stops the start', async (_, change) => {
    expect(await rejectionOf(open(settings, { 'middle.crl': change(list([])) }))).toBe('ERR_CONFIG_INVALID');
  });

  it('is not what text in front of PEM is, which may begin with the same byte', async () => {
    const text = `0 entries\n${made.revocationList(middle, [bob])}`;
    const { ask } = await open(settings, { 'middle.crl': text }, () => Date.now());
    expect(await ask(bob, middle)).toEqual(refused('revoked'));
  });
});

describe('revocation lists', () => {
  const lists = (revoked: Parameters<typeof made.revocationList>[1], options = {}) => ({
    'root.crl': made.revocationList(root, [], options),
    'middle.crl': made.revocationList(middle, revoked, options),
  });
  const crl = ['root.crl', 'middle.crl'];
  const at = () => Date.now();

  it('refuse who is on them', async () => {
    const { ask } = await open({ crl }, lists([bob]), at);
    expect(await ask(alice, middle)).toEqual(trusted);
    expect(await ask(bob, middle)).toEqual(refused('revoked'));
  });

  it('are read again when they change', async () => {
    const { ask, files } = await open({ crl }, lists([]), at);
    expect(await ask(bob, middle)).toEqual(trusted);
    files.set('middle.crl', made.revocationList(middle, [bob]));
    expect(await ask(bob, middle)).toEqual(refused('revoked'));
  });

  it('are needed of every authority of the path', async () => {
    const { ask } = await open({ crl: ['middle.crl'] }, lists([]), at);
    expect(await ask(alice, middle)).toEqual(refused('revocation-unknown'));
    const leafOnly = await open({ crl: ['middle.crl'], revocationScope: 'leaf' }, lists([]), at);
    expect(await leafOnly.ask(alice, middle)).toEqual(trusted);
  });

  it('refuse an authority that is on them', async () => {
    const texts = { ...lists([]), 'root.crl': made.revocationList(root, [middle]) };
    expect(await (await open({ crl }, texts, at)).ask(alice, middle)).toEqual(refused('revoked'));
  });

  it('say nothing after their next update', async () => {
    const late = () => Date.now() + 31 * 24 * 3_600_000;
    expect(await (await open({ crl }, lists([]), late)).ask(alice, middle)).toEqual(refused('revocation-unknown'));
  });

  it('say nothing when another key has signed them', async () => {
    const fake = made.issue('fake', { subject: '/CN=middle', extensions: authority() });
    const texts = { ...lists([]), 'middle.crl': made.revocationList(fake, []) };
    expect(await (await open({ crl }, texts, at)).ask(alice, middle)).toEqual(refused('revocation-unknown'));
  });

  it('about authorities only say nothing of a person', async () => {
    const extensions = ['issuingDistributionPoint=critical,@idp', '[idp]', 'onlyCA=TRUE'];
    const texts = { ...lists([]), 'middle.crl': made.revocationList(middle, [], { extensions }) };
    expect(await (await open({ crl }, texts, at)).ask(alice, middle)).toEqual(refused('revocation-unknown'));
  });

  it('that are indirect, or for some reasons, are not opened', async () => {
    for (const line of ['indirectCRL=TRUE', 'onlysomereasons=keyCompromise']) {
      const extensions = ['issuingDistributionPoint=critical,@idp', '[idp]', line];
      const texts = { ...lists([]), 'middle.crl': made.revocationList(middle, [], { extensions }) };
      expect(await rejectionOf(open({ crl }, texts, at))).toBe('ERR_CONFIG_INVALID');
    }
  });

  it('are fetched from a distribution point whose host is in the configuration, and kept', async () => {
    let asked = 0;
    const der = made.openssl(['crl', '-outform', 'der'], Buffer.from(made.revocationList(middle, [bob])));
    const server = createServer((_request, response) => {
      asked += 1;
      response.end(der);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/middle.crl`;
    const pointed = (name: string) =>
      made.issue(name, { issuer: middle, extensions: [...client, `crlDistributionPoints=URI:${url}`] });
    const carol = pointed('carol');
    const settings = { revocationScope: 'leaf', crlHosts: ['127.0.0.1'] } as const;
    const { ask } = await open(settings, {}, at);
    expect(await ask(carol, middle)).toEqual(trusted);
    expect(await ask(pointed('dora'), middle)).toEqual(trusted);
    expect(asked).toBe(1);
    const elsewhere = await open({ ...settings, crlHosts: ['crl.example'] }, {}, at);
    expect(await elsewhere.ask(carol, middle)).toEqual(refused('revocation-unknown'));
    expect(asked).toBe(1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const silent = await open(settings, {}, at);
    expect(await rejectionOf(silent.ask(carol, middle))).toBe('ERR_STORE_UNAVAILABLE');
  });
});
