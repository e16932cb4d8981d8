/** @module The key ring in a running server: taken over when it changes, kept when the change is bad, switched by the clock. */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HomeFolder, openHome } from '../../src/adapters/home-folder.ts';
import { metadataLifetimeMs } from '../../src/engine/key-ring.ts';
import { createKeySteps, type StepAnswer } from '../../src/server/key-steps.ts';
import { openOwnKeys, privateKeysOf, ringStoreOf } from '../../src/server/own-keys.ts';
import { createSigners } from '../../src/server/signers.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import type { KeyUse } from '../../src/spi/key-ring.ts';
import { Secret } from '../../src/spi/secret.ts';
import { readKeyCertificate } from '../../src/wire/key-ring-file.ts';
import { decryptElement } from '../../src/wire/xml/decrypt.ts';
import { encryptElement } from '../../src/wire/xml/encrypt.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { day } from '../support/key-ring.ts';
import { makeKeyPair, type TestKeyPair } from '../support/keys.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { refusalOf, rejectionOf } from '../support/thrown-code.ts';

const [first, second, elliptic, opener] = [
  makeKeyPair('rsa'),
  makeKeyPair('rsa'),
  makeKeyPair('ec'),
  makeKeyPair('rsa'),
];
const place = { file: 'gatehouse.yaml', line: 1 };
const signing = { key: 'data/keys/idp.key', certificate: 'data/keys/idp.crt', algorithm: 'rsa-sha256', place } as const;
const idOf = ({ certificatePem }: TestKeyPair) => readKeyCertificate(certificatePem).id;

let folder: TempFolder;
let home: HomeFolder;
let clock: FakeClock;
let logged: string[];
let records: { readonly type: string; readonly outcome: string; readonly reason?: string }[];
beforeEach(async () => {
  folder = await makeTempFolder('own-keys');
  home = await openHome(join(folder.path, 'var'));
  await home.writeText(signing.key, first.privateKeyPem);
  await home.writeText(signing.certificate, first.certificatePem);
  // The certificates of the tests are good for 30 days from now.
  clock = createFakeClock(Date.now());
  logged = [];
  records = [];
});
afterEach(() => folder.remove());

const note = (level: string) => (_facts: unknown, message: string) => void logged.push(`${level} ${message}`);
const logger = { info: note('info'), warn: note('warn'), error: note('error') };
const record = async (event: (typeof records)[number]) => {
  records.push(event);
  return { ...event, id: '', at: 0, node: '' } as never;
};
const steps = (recording: typeof record = record) =>
  createKeySteps({
    ...{ home, clock, store: ringStoreOf(home), privateKeys: privateKeysOf(home) },
    configured: [{ side: 'idp', ...signing }],
    record: recording,
  });
function statusOf(answer: StepAnswer): string {
  return answer.status === 'refused' ? answer.reason : answer.status;
}
async function added(pair: TestKeyPair, use: KeyUse = 'signing'): Promise<string> {
  await steps().add({ side: 'idp', use, keyPem: new Secret(pair.privateKeyPem), certificatePem: pair.certificatePem });
  await steps().publish(idOf(pair), { force: false });
  return idOf(pair);
}
const force = { everyone: false, force: true };

async function open(own = true) {
  const ring = await openOwnKeys({ home, clock, logger, watch: false });
  const signers = createSigners({ home, ring, ...(own ? { own: signing } : {}) });
  const signerOf = await signers.open(signing);
  const by = (partner?: string) => readKeyCertificate(signerOf(partner).certificate).id;
  return { ring, signers, by };
}

describe('the key ring of a server', () => {
  it('is not needed: the files of the configuration sign', async () => {
    const { by, signers, ring } = await open();
    expect([by('urn:sp'), ring.problem(), signers.certificates()]).toEqual([
      idOf(first),
      undefined,
      [first.certificate].map(Buffer.from),
    ]);
  });

  it('is taken over while the server runs, with the old key in front until the new one signs', async () => {
    const { by, ring, signers } = await open();
    const id = await added(second);
    await ring.check();
    const ids = () => signers.certificates().map((one) => readKeyCertificate(one).id);
    expect([by(), ids()]).toEqual([idOf(first), [idOf(first), id]]);
    await steps().activate(id, force);
    await ring.check();
    expect([by(), ids()]).toEqual([id, [id, idOf(first)]]);
  });

  it('switches at the instant by the clock, in every process that has the ring', async () => {
    const id = await added(second);
    await steps().activate(id, { everyone: false, force: false, at: clock.now() + metadataLifetimeMs });
    const nodes = [await open(), await open()];
    expect(nodes.map(({ by }) => by('urn:sp'))).toEqual([idOf(first), idOf(first)]);
    clock.advance(metadataLifetimeMs - 1);
    expect(nodes.map(({ by }) => by('urn:sp'))).toEqual([idOf(first), idOf(first)]);
    clock.advance(1);
    expect(nodes.map(({ by }) => by('urn:sp'))).toEqual([id, id]);
  });

  it('gives one partner another key than the others', async () => {
    const id = await added(second);
    await steps().activate(id, { ...force, partner: 'urn:one' });
    const { by } = await open();
    expect([by('urn:one'), by('urn:two'), by()]).toEqual([id, idOf(first), idOf(first)]);
  });

  it('gives a partner that asks for ECDSA its elliptic key', async () => {
    const id = await added(elliptic);
    await steps().activate(id, force);
    const { signers, by } = await open();
    const signerOf = await signers.open({ ...signing, algorithm: 'ecdsa-sha256' });
    expect([signerOf('urn:sp').algorithm, readKeyCertificate(signerOf('urn:sp').certificate).id, by()]).toEqual([
      'ecdsa-sha256',
      id,
      idOf(first),
    ]);
  });

  it('leaves the key pair that the configuration names for a partner alone', async () => {
    await steps().activate(await added(second), force);
    await home.writeText('data/keys/own.key', opener.privateKeyPem);
    await home.writeText('data/keys/own.crt', opener.certificatePem);
    const { signers } = await open();
    const signerOf = await signers.open({ ...signing, key: 'data/keys/own.key', certificate: 'data/keys/own.crt' });
    expect(readKeyCertificate(signerOf('urn:sp').certificate).id).toBe(idOf(opener));
    expect(signers.certificates()).toHaveLength(3);
  });

  it('opens with every key for encryption and with the RSA keys that sign', async () => {
    await added(opener, 'encryption');
    await added(elliptic);
    const { signers } = await open();
    expect(signers.encryptionCertificates()).toHaveLength(1);
    expect(signers.decryption().keys).toHaveLength(2);
  });

  it('opens what partners encrypt with any key of its metadata, and for two weeks with one that has left it', async () => {
    const [one, two] = [makeKeyPair('rsa'), makeKeyPair('rsa')];
    await added(one, 'encryption');
    const next = await added(two, 'encryption');
    await steps().activate(next, { everyone: false, force: false });
    await steps().retire(idOf(one), { force: false });
    const { signers } = await open();
    expect(signers.encryptionCertificates().map((of) => readKeyCertificate(of).id)).toEqual([next]);
    const opens = ({ publicKey }: TestKeyPair) => {
      const recipient = { publicKey, cipher: 'aes256-gcm', transport: 'rsa-oaep-sha256' } as const;
      const { xml } = encryptElement('<a></a>', recipient, (length) => new Uint8Array(length));
      const container = parseXml(`<EncryptedID>${xml}</EncryptedID>`);
      return refusalOf(() => decryptElement(container, signers.decryption())) ?? 'opened';
    };
    expect([one, two, first, opener].map(opens)).toEqual(['opened', 'opened', 'opened', 'ERR_XML_ENCRYPTION']);
    clock.advance(metadataLifetimeMs);
    expect([opens(one), opens(two)]).toEqual(['ERR_XML_ENCRYPTION', 'opened']);
  });

  it('does not need the file of a key that is retired', async () => {
    await steps().activate(await added(second), force);
    await steps().retire(idOf(first), { force: true });
    await rm(home.resolve(signing.key));
    expect((await open()).by()).toBe(idOf(second));
  });

  it.each([
    ['is cut off', async (path: string) => writeFile(path, (await readFile(path, 'utf8')).slice(0, 500))],
    ['is gone', (path: string) => rm(path)],
    ['others can change', (path: string) => chmod(path, 0o666)],
  ])('stays in force when the file on the disk %s, which is said once', async (_, spoil) => {
    const id = await added(second);
    await steps().activate(id, force);
    const { by, ring } = await open();
    await spoil(home.resolve('data/keys/ring.json'));
    await ring.check();
    await ring.check();
    expect([by(), typeof ring.problem()]).toEqual([id, 'string']);
    expect(logged.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  it('stays in force when a private key of the next one is another one, and no line shows it', async () => {
    const { by, ring } = await open();
    const id = await added(second);
    await writeFile(home.resolve(`data/keys/ring/${id}.key`), opener.privateKeyPem);
    await ring.check();
    expect([by(), ring.problem()]).toEqual([
      idOf(first),
      expect.stringContaining('it is not the key of its certificate'),
    ]);
    expect(`${logged.join()}${ring.problem()}`).not.toContain('PRIVATE KEY-----');
  });

  it('that is bad at a start stops the start', async () => {
    await added(second);
    await writeFile(home.resolve('data/keys/ring.json'), '{');
    expect(await rejectionOf(open())).toBe('ERR_KEY_RING');
  });

  it('counts its certificates for the alarm, those that are retired no more', async () => {
    await steps().activate(await added(second), force);
    const { ring, signers } = await open();
    expect(signers.keys()).toEqual([]);
    expect(ring.keys().map(({ id, state }) => [id, state])).toEqual([
      [idOf(first), 'published'],
      [idOf(second), 'active'],
    ]);
    await steps().retire(idOf(first), { force: true });
    expect((await open()).ring.keys().map(({ id }) => id)).toEqual([idOf(second)]);
  });
});

describe('a step', () => {
  it('does not happen when it cannot be recorded', async () => {
    const id = await added(second);
    const unrecorded = steps(() => Promise.reject(new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the disk is full')));
    expect(await rejectionOf(unrecorded.activate(id, force))).toBe('ERR_AUDIT_UNAVAILABLE');
    expect((await open()).by()).toBe(idOf(first));
  });

  it('that cannot be done is recorded as that', async () => {
    const id = await added(second);
    await chmod(home.resolve('data/keys/ring.json'), 0o644);
    expect(await rejectionOf(steps().activate(id, force))).toBe('ERR_KEY_RING');
    expect(records.at(-1)).toMatchObject({ type: 'key-activated', outcome: 'failure', reason: 'ERR_KEY_RING' });
  });

  it('after a clock was set back is not taken as if the wait were over', async () => {
    const id = await added(second);
    clock.advance(-day);
    expect(statusOf(await steps().activate(id, { everyone: false, force: false }))).toBe('published-too-short');
    expect((await open()).signers.certificates()).toHaveLength(2);
  });
});
