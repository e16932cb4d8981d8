import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openHome } from '../../src/adapters/home-folder.ts';
import { createMemoryEphemeralStore } from '../../src/adapters/memory-ephemeral-store.ts';
import type { PartnerConfiguration, PartnerSourceConfiguration } from '../../src/config/configuration.ts';
import { createClosers } from '../../src/server/closers.ts';
import { openOwnKeys } from '../../src/server/own-keys.ts';
import { openPartners } from '../../src/server/saml-partners.ts';
import { createSigners } from '../../src/server/signers.ts';
import type { EphemeralStore } from '../../src/spi/ephemeral-store.ts';
import { startDocumentServer } from '../support/document-server.ts';
import { createFakeClock, FAKE_START, type FakeClock } from '../support/fake-clock.ts';
import { federation, federationEntityId, signRoot } from '../support/federation.ts';
import { makeKeyPair, type TestKeyPair } from '../support/keys.ts';
import { entity } from '../support/sp-metadata.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { rejectionOf } from '../support/thrown-code.ts';

let signer: TestKeyPair;
let next: TestKeyPair;
beforeAll(() => {
  signer = makeKeyPair('rsa');
  next = makeKeyPair('rsa');
});

const hour = 3_600_000;
const everything = { entityIds: [], registrationAuthorities: [] };
const at = (ms: number) => new Date(FAKE_START + ms).toISOString();
const spId = 'https://sp.example.com';

async function homeOf(files: Readonly<Record<string, string>> = {}) {
  const folder = await makeTempFolder('partners');
  onTestFinished(folder.remove);
  const home = await openHome(folder.path);
  for (const [name, text] of Object.entries(files)) await writeFile(join(home.path, 'configuration', name), text);
  return home;
}

async function open(
  home: Awaited<ReturnType<typeof homeOf>>,
  sources: readonly PartnerSourceConfiguration[],
  more: { clock?: FakeClock; network?: boolean; ephemeral?: EphemeralStore } = {},
) {
  const clock = more.clock ?? createFakeClock();
  const closers = createClosers();
  const events: string[] = [];
  const logged: string[] = [];
  const log = (facts: object, message: string) => void logged.push(`${message} ${JSON.stringify(facts)}`);
  const configured = sources.map((source, index): PartnerConfiguration => {
    return { source, roleAttribute: 'Role', place: { file: 'gatehouse.yaml', line: index + 1 } };
  });
  const ring = await openOwnKeys({ home, clock, logger: { info: log, warn: log, error: log }, watch: false });
  const opened = await openPartners(configured, {
    home,
    clock,
    timers: clock.timers,
    random: { bytes: (length) => new Uint8Array(length) },
    ephemeral: more.ephemeral ?? createMemoryEphemeralStore({ clock }),
    closers,
    logger: { info: log, warn: log, error: log },
    report: async (outcome, reason) => void events.push(`${outcome} ${reason}`),
    network: more.network ?? true,
    signers: createSigners({ home, ring }),
  });
  onTestFinished(() => closers.closeAll());
  const has = async (id: string) => (await rejectionOf(opened.partners.find(id, clock.now()))) ?? true;
  return { ...opened, has, clock, events, logged, close: () => closers.closeAll() };
}

const fetching = { refreshMs: hour, allowPrivateAddresses: ['127.0.0.1', '::1'], certificateAuthority: 'ca.pem' };
const urlSource = (where: string, more: Partial<PartnerSourceConfiguration> = {}): PartnerSourceConfiguration => ({
  kind: 'metadata-url',
  where,
  filter: everything,
  fetching,
  ...more,
});

/** A server whose document a test changes, and a home that trusts it and pins `signer`. */
async function published(document: string) {
  const server = await startDocumentServer();
  const place = { document };
  server.answer = (_request, response) => response.writeHead(200).end(place.document);
  const home = await homeOf({ 'ca.pem': server.authority, 'pin.pem': signer.certificatePem });
  return { server, home, place, url: `${server.origin}/metadata` };
}

describe('a metadata file', () => {
  const file = (where = 'sp.xml'): PartnerSourceConfiguration => ({ kind: 'metadata', where, filter: everything });

  it('is taken over when it changes', async () => {
    const home = await homeOf({ 'sp.xml': entity() });
    const partners = await open(home, [file()]);
    await writeFile(home.resolve('configuration/sp.xml'), entity({ entityId: 'urn:other' }));
    await partners.refresh();
    expect([await partners.has(spId), await partners.has('urn:other')]).toEqual(['ERR_SAML_UNKNOWN_PARTNER', true]);
  });

  it('that becomes bad or goes away is refused, which is said once, and the old one stays', async () => {
    const home = await homeOf({ 'sp.xml': entity() });
    const partners = await open(home, [file()]);
    await writeFile(home.resolve('configuration/sp.xml'), '<bad');
    await partners.refresh();
    await partners.refresh();
    expect(await partners.has(spId)).toBe(true);
    expect(partners.events).toEqual(['failure ERR_XML_MALFORMED']);
    await rm(home.resolve('configuration/sp.xml'));
    await partners.refresh();
    expect(await partners.has(spId)).toBe(true);
    expect(partners.states()).toMatchObject([
      { failures: 3, problem: expect.stringContaining('there is no such file') },
    ]);
  });

  it('that is bad at the start ends it, together with every other, each under its line', async () => {
    const home = await homeOf({ 'a.xml': '<bad', 'b.xml': entity() });
    await expect(open(home, [file('a.xml'), file('b.xml'), file('c.xml')])).rejects.toMatchObject({
      code: 'ERR_SAML_METADATA',
      facts: {
        'gatehouse.yaml:1': expect.stringContaining('a.xml: '),
        'gatehouse.yaml:3': 'c.xml: a file cannot be read (problem: there is no such file)',
      },
    });
  });

  it('may not hold a partner of another one', async () => {
    const home = await homeOf({ 'a.xml': entity(), 'b.xml': entity() });
    expect(await rejectionOf(open(home, [file('a.xml'), file('b.xml')]))).toBe('ERR_SAML_METADATA');
  });

  it('can be pinned too', async () => {
    const home = await homeOf({ 'sp.xml': entity(), 'pin.pem': signer.certificatePem });
    expect(await rejectionOf(open(home, [{ ...file(), signingCertificate: 'pin.pem' }]))).toBe('ERR_SAML_METADATA');
  });
});

describe('metadata at an address', () => {
  it('is fetched at the start and again after its time', async () => {
    const { home, server, url, place } = await published(entity());
    const partners = await open(home, [urlSource(url)]);
    expect(await partners.has(spId)).toBe(true);
    place.document = entity({ entityId: 'urn:other' });
    const asked = new Promise<void>((resolve) => {
      server.answer = (_request, response) => {
        response.writeHead(200).end(place.document);
        resolve();
      };
    });
    partners.clock.advance(hour * 1.1);
    await asked;
    await partners.refresh();
    expect(await partners.has('urn:other')).toBe(true);
    expect(partners.events).toEqual(['success metadata-read', 'success metadata-read']);
  });

  it('without a pin is said to be unpinned', async () => {
    const { home, url } = await published(entity());
    const partners = await open(home, [urlSource(url)]);
    expect(partners.logged[0]).toContain('this metadata is not pinned');
  });

  it.each([
    ['is gone', undefined],
    ['is no metadata', '<html/>'],
    ['has a partner that cannot be worked with', entity({ role: '' })],
    ['has run out', entity({ entityAttributes: ` validUntil="${at(-1)}"` })],
    ['holds no service provider', '<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>'],
  ])('that %s at a refresh leaves the partner as it was', async (_what, document) => {
    const { home, server, url, place } = await published(entity());
    const partners = await open(home, [urlSource(url)]);
    place.document = document ?? '';
    if (document === undefined) await server.close();
    partners.clock.advance(hour / 2);
    // Another node's turn has passed.
    partners.clock.advance(hour / 2 - 1);
    await partners.refresh();
    expect(await partners.has(spId)).toBe(true);
    expect(partners.states()[0]).toMatchObject({
      from: 'url',
      failures: expect.any(Number),
      problem: expect.any(String),
    });
    expect(partners.events.at(-1)).toMatch(/^failure /);
  });

  it('is not used for longer than it says, whatever happens', async () => {
    const { home, server, url } = await published(entity({ entityAttributes: ` validUntil="${at(2 * hour)}"` }));
    const partners = await open(home, [urlSource(url)]);
    await server.close();
    partners.clock.advance(2 * hour);
    expect(await partners.has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  it('comes from the copy when a restart finds the address down, and that is said', async () => {
    const { home, server, url } = await published(entity());
    await (await open(home, [urlSource(url)])).close();
    await server.close();
    const again = await open(home, [urlSource(url)]);
    expect(await again.has(spId)).toBe(true);
    expect(again.states()[0]).toMatchObject({ from: 'copy', fetchedAt: FAKE_START });
    expect(again.logged.join('\n')).toContain('metadata was read from the copy of an earlier run');
  });

  it('comes from no copy whose time has run out', async () => {
    const { home, server, url } = await published(entity({ entityAttributes: ` validUntil="${at(hour)}"` }));
    await (await open(home, [urlSource(url)])).close();
    await server.close();
    const again = await open(home, [urlSource(url)], { clock: createFakeClock(FAKE_START + hour) });
    expect(await again.has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
    expect(again.logged.join('\n')).toContain('the copy of the metadata cannot be used');
  });

  it('does not keep a start waiting for a server that is silent', async () => {
    const { home, server, url } = await published(entity());
    const clock = createFakeClock();
    server.answer = () => clock.advance(10_000);
    const partners = await open(home, [urlSource(url)], { clock });
    expect(await partners.has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  it('of a private address that nobody named is refused, and the start goes on', async () => {
    const { home, server, url } = await published(entity());
    const source = urlSource(url, { fetching: { ...fetching, allowPrivateAddresses: [] } });
    const partners = await open(home, [source]);
    expect(partners.states()[0]?.problem).toContain('is not a public address');
    expect(server.requests).toEqual([]);
  });

  it('is looked at without a question by who only wants to know', async () => {
    const { home, server, url } = await published(entity());
    const partners = await open(home, [urlSource(url)], { network: false });
    expect(await partners.has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
    expect(server.requests).toEqual([]);
    expect(partners.clock.pendingTimers()).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { home, url } = await published(entity());
    const partners = await open(home, [urlSource(url)]);
    await partners.close();
    expect(partners.clock.pendingTimers()).toBe(0);
  });
});

describe('pinned metadata', () => {
  const signed = (pair: TestKeyPair) => signRoot(entity({ entityAttributes: ' ID="_f"' }), pair);
  const pinned = (url: string) => urlSource(url, { signingCertificate: 'pin.pem' });

  it('counts when it was signed with the key, and not when with another', async () => {
    const { home, url, place } = await published(signed(signer));
    expect(await (await open(home, [pinned(url)])).has(spId)).toBe(true);
    await rm(home.resolve('data/metadata'), { recursive: true });
    place.document = signed(next);
    const partners = await open(home, [pinned(url)]);
    expect(await partners.has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
    expect(partners.events).toEqual(['failure ERR_XML_SIGNATURE']);
  });

  it('goes through a roll-over of the key with both certificates in the file', async () => {
    const { home, url, place } = await published(signed(signer));
    await writeFile(home.resolve('configuration/pin.pem'), signer.certificatePem + next.certificatePem);
    await (await open(home, [pinned(url)])).close();
    place.document = signed(next);
    await rm(home.resolve('data/metadata'), { recursive: true });
    expect(await (await open(home, [pinned(url)])).has(spId)).toBe(true);
  });

  it('is checked again when it comes from the copy', async () => {
    const { home, server, url } = await published(signed(signer));
    await (await open(home, [pinned(url)])).close();
    await server.close();
    await writeFile(home.resolve('configuration/pin.pem'), next.certificatePem);
    expect(await (await open(home, [pinned(url)])).has(spId)).toBe('ERR_SAML_UNKNOWN_PARTNER');
  });

  it('needs a file with a certificate', async () => {
    const { home, url } = await published('');
    await rename(home.resolve('configuration/pin.pem'), home.resolve('configuration/old.pem'));
    expect(await rejectionOf(open(home, [pinned(url)]))).toBe('ERR_SAML_METADATA');
  });
});

describe('an aggregate', () => {
  const aggregate = (more: Partial<PartnerSourceConfiguration> = {}): PartnerSourceConfiguration => ({
    kind: 'aggregate',
    where: 'f.xml',
    filter: everything,
    ...more,
  });
  const authority = (index: number) => `urn:authority:${index % 2}`;

  it('gives the partners that the filters let through', async () => {
    const home = await homeOf({ 'f.xml': federation({ count: 4, authority }) });
    const filter = { entityIds: [0, 1, 2].map(federationEntityId), registrationAuthorities: ['urn:authority:0'] };
    const partners = await open(home, [aggregate({ filter })]);
    const found = await Promise.all([0, 1, 2, 3].map((index) => partners.has(federationEntityId(index))));
    expect(found.map((one) => one === true)).toEqual([true, false, true, false]);
  });

  it('is not offered as a list of applications', async () => {
    const home = await homeOf({ 'f.xml': federation({ count: 4 }) });
    expect((await open(home, [aggregate()])).partners.list(FAKE_START)).toEqual([]);
  });

  it('works without the partners that cannot be worked with', async () => {
    const bad = federation({ count: 2 }).replace('bindings:HTTP-POST', 'bindings:SOAP');
    const partners = await open(await homeOf({ 'f.xml': bad }), [aggregate()]);
    expect([await partners.has(federationEntityId(0)), await partners.has(federationEntityId(1))]).toEqual([
      'ERR_SAML_UNKNOWN_PARTNER',
      true,
    ]);
  });

  it('steps back behind an entry that comes before it', async () => {
    const home = await homeOf({
      'f.xml': federation({ count: 1 }),
      'sp.xml': entity({ entityId: federationEntityId(0) }),
    });
    const own: PartnerSourceConfiguration = { kind: 'metadata', where: 'sp.xml', filter: everything };
    const { partners } = await open(home, [own, aggregate()]);
    expect(
      (await partners.find(federationEntityId(0), FAKE_START)).assertionConsumerServices.browser[0]?.location,
    ).toBe('https://sp.example.com/acs');
  });
});

describe('two nodes that share a store and the folder', () => {
  it('ask once: the other takes the copy', async () => {
    const { home, server, url, place } = await published(entity());
    const clock = createFakeClock();
    const ephemeral = createMemoryEphemeralStore({ clock });
    const one = await open(home, [urlSource(url)], { clock, ephemeral });
    const two = await open(home, [urlSource(url)], { clock, ephemeral });
    await two.refresh();
    expect(server.requests).toHaveLength(1);
    place.document = entity({ entityId: 'urn:other' });
    clock.advance(hour * 0.85);
    await one.refresh();
    await two.refresh();
    expect(await two.has('urn:other')).toBe(true);
    expect(server.requests).toHaveLength(2);
  });
});

describe('two nodes that share nothing', () => {
  it('each ask for themselves', async () => {
    const { home, server, url } = await published(entity());
    const other = await homeOf({ 'ca.pem': server.authority });
    await open(home, [urlSource(url)]);
    await open(other, [urlSource(url)]);
    expect(server.requests).toHaveLength(2);
    expect(await readdir(other.resolve('data/metadata'))).toHaveLength(2);
  });
});
