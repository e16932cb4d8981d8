/** @module Exchanges of several legs, on any node; claims; keytabs that change. Tickets are minted, no KDC is asked. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryEphemeralStore } from '../../../src/adapters/memory-ephemeral-store.ts';
import type { KerberosVerdict } from '../../../src/spi/kerberos-acceptor.ts';
import { Secret } from '../../../src/spi/secret.ts';
import { contextExplicit, octetString } from '../../../src/wire/der.ts';
import { readDer } from '../../../src/wire/der-reader.ts';
import { encryptionType } from '../../../src/wire/kerberos/encryption-types.ts';
import { readFields, readInteger, readOctets, writeFields } from '../../../src/wire/kerberos/fields.ts';
import { mechanisms, messageCheck, microsoftMechanism } from '../../../src/wire/kerberos/gss.ts';
import { createKerberosKey, type KerberosKey, keyUsages } from '../../../src/wire/kerberos/key.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { writeKeytab } from '../../support/keytab.ts';
import { authorizationDataOf, writePac } from '../../support/minted-pac.ts';
import { bareToken, type Mint, mechanismListOf, mint, spnegoInit } from '../../support/minted-ticket.ts';
import { type OwnAcceptorWishes, openOwnAcceptor } from '../../support/own-acceptor.ts';
import { temporaryFolder } from '../../support/servers/server-process.ts';
import { rejectionOf } from '../../support/thrown-code.ts';

const patient = new AbortController().signal;
const serviceKey = randomBytes(32);
const principal = 'HTTP/localhost@EXAMPLE.COM';
const clock = createFakeClock();
const sequenceNumber = 4711;
const list = [mechanisms.ntlm, mechanisms.kerberos];

function keytabFile(...keys: Parameters<typeof writeKeytab>[0]): string {
  const folder = temporaryFolder('keytab');
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'http.keytab');
  writeFileSync(
    path,
    writeKeytab(keys.length > 0 ? keys : [{ principal, kvno: 2, encryptionType: 18, bytes: serviceKey }]),
  );
  return path;
}

async function open(wishes: Partial<OwnAcceptorWishes> = {}) {
  const acceptor = await openOwnAcceptor({ keytabs: [keytabFile()], clock, ...wishes });
  onTestFinished(() => acceptor.close());
  return acceptor;
}

const minted = (more: Partial<Mint> = {}) => mint({ now: clock.now(), serviceKey, ...more });
const failureOf = (verdict: KerberosVerdict) => (verdict.status === 'refused' ? verdict.failure : verdict.status);

/** A NegTokenResp of the client. */
function response(token: Uint8Array | undefined, mic?: Uint8Array): Buffer {
  const octets = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : octetString(bytes));
  return Buffer.from(contextExplicit(1, writeFields([undefined, undefined, octets(token), octets(mic)])));
}

function replyFields(reply: Uint8Array | undefined) {
  const [state, mechanism, token, mic] = readFields(readDer(readDer(reply ?? new Uint8Array())!.contents)) ?? [];
  return {
    state: state?.contents[0],
    mechanism: mechanism === undefined ? undefined : Buffer.from(mechanism.whole),
    token: readOctets(token),
    mic: readOctets(mic),
  };
}

const completed = 0;
const incomplete = 1;
const rejected = 2;
const requestMic = 3;

function clientsCheck(key: KerberosKey, acceptorSubkey: boolean, names: readonly string[] = list): Uint8Array {
  const context = { usage: keyUsages.initiatorSign, sentByAcceptor: false, acceptorSubkey, sequenceNumber };
  return messageCheck(mechanismListOf(names), key, context);
}

/** As a client does: the key that the acceptor chose is in the AP-REP. */
function subkeyOf(reply: Uint8Array, sessionKey: KerberosKey): KerberosKey {
  const frame = readDer(replyFields(reply).token!)!;
  const message = frame.contents.subarray(13);
  const [, , encrypted] = readFields(readDer(message), 15) ?? [];
  const [, , cipher] = readFields(encrypted) ?? [];
  const plain = sessionKey.decrypt(keyUsages.apReply, readOctets(cipher)!)!;
  const [, , subkey] = readFields(readDer(plain), 27) ?? [];
  const [type, value] = readFields(subkey) ?? [];
  return createKerberosKey(encryptionType(readInteger(type)!)!, new Secret(readOctets(value)!));
}

async function begun(names: readonly string[] = list, wishes: Partial<OwnAcceptorWishes> = {}) {
  const acceptor = await open(wishes);
  const verdict = await acceptor.accept(
    { token: spnegoInit({ mechanisms: names, token: Buffer.from('NTLMSSP\0…') }) },
    patient,
  );
  if (verdict.status !== 'continue') throw new Error(failureOf(verdict));
  return { acceptor, reply: verdict.reply, state: verdict.state };
}

describe('a client that prefers another mechanism', () => {
  it('is asked for Kerberos, and for a checksum of its list', async () => {
    const { reply } = await begun();
    expect(replyFields(reply)).toMatchObject({ state: requestMic, token: undefined, mic: undefined });
  });

  it('is told the identifier of Kerberos that it offered', async () => {
    const { reply } = await begun([mechanisms.ntlm, mechanisms.microsoftKerberos]);
    expect(replyFields(reply).mechanism).toEqual(Buffer.from(microsoftMechanism));
  });

  it('is accepted in the second leg, with its checksum, and gets ours', async () => {
    const { acceptor, state } = await begun();
    const { message, sessionKey } = minted({ sequenceNumber });
    const verdict = await acceptor.accept(
      { token: response(bareToken(message), clientsCheck(sessionKey, false)), state },
      patient,
    );
    expect(verdict).toMatchObject({ status: 'accepted', client: { name: 'hnelson' }, mutual: false });
    const ours = messageCheck(mechanismListOf(list), sessionKey, {
      ...{ usage: keyUsages.acceptorSign, sentByAcceptor: true, acceptorSubkey: false, sequenceNumber },
    });
    const { state: said, mic } = replyFields(verdict.status === 'accepted' ? verdict.reply : undefined);
    expect([said, Buffer.from(mic ?? [])]).toEqual([completed, Buffer.from(ours)]);
  });

  it('signs with its subkey, where it has one', async () => {
    const { acceptor, state } = await begun();
    const bytes = randomBytes(16);
    const { message } = minted({ sequenceNumber, subkey: { type: 19, bytes } });
    const subkey = createKerberosKey(encryptionType(19)!, new Secret(bytes));
    const token = response(bareToken(message), clientsCheck(subkey, false));
    expect(failureOf(await acceptor.accept({ token, state }, patient))).toBe('accepted');
  });

  it('is refused without its checksum', async () => {
    const { acceptor, state } = await begun();
    const verdict = await acceptor.accept({ token: response(bareToken(minted().message)), state }, patient);
    expect(failureOf(verdict)).toBe('INTEGRITY');
  });

  it('is refused when somebody took a mechanism out of its list', async () => {
    const { acceptor, state } = await begun();
    const { message, sessionKey } = minted({ sequenceNumber });
    const mic = clientsCheck(sessionKey, false, [mechanisms.spnego, ...list]);
    expect(failureOf(await acceptor.accept({ token: response(bareToken(message), mic), state }, patient))).toBe(
      'INTEGRITY',
    );
  });

  it('is refused when it sends NTLM after all', async () => {
    const { acceptor, state } = await begun();
    expect(failureOf(await acceptor.accept({ token: response(Buffer.from('NTLMSSP\0x')), state }, patient))).toBe(
      'NTLM',
    );
  });

  it('may begin anew', async () => {
    const { acceptor, state } = await begun();
    const token = spnegoInit({ token: bareToken(minted().message) });
    expect(failureOf(await acceptor.accept({ token, state }, patient))).toBe('accepted');
  });
});

describe('with mutual authentication in the second leg', () => {
  async function secondLeg(wishes: Partial<OwnAcceptorWishes> = {}) {
    const { acceptor, state } = await begun(list, wishes);
    const { message, sessionKey } = minted({ sequenceNumber, gssFlags: 2 | 32 });
    const verdict = await acceptor.accept({ token: response(bareToken(message)), state }, patient);
    if (verdict.status !== 'continue') throw new Error(failureOf(verdict));
    return { acceptor, verdict, subkey: subkeyOf(verdict.reply, sessionKey), sessionKey };
  }

  it('our proof and our checksum come, and more is awaited', async () => {
    const { verdict } = await secondLeg();
    expect(replyFields(verdict.reply)).toMatchObject({ state: incomplete, mechanism: undefined });
  });

  it('the checksum of the client, in the third leg, completes it on any node', async () => {
    const ephemeral = createMemoryEphemeralStore({ clock });
    const { verdict, subkey } = await secondLeg({ ephemeral });
    const other = await open({ ephemeral });
    const third = await other.accept(
      { token: response(undefined, clientsCheck(subkey, true)), state: verdict.state },
      patient,
    );
    expect(third).toMatchObject({
      status: 'accepted',
      client: { name: 'hnelson', realm: 'EXAMPLE.COM' },
      mutual: true,
    });
    expect(replyFields(third.status === 'accepted' ? third.reply : undefined)).toMatchObject({ state: completed });
  });

  it('another checksum does not', async () => {
    const { acceptor, verdict, sessionKey } = await secondLeg();
    const token = response(undefined, clientsCheck(sessionKey, true));
    expect(failureOf(await acceptor.accept({ token, state: verdict.state }, patient))).toBe('INTEGRITY');
  });

  it('no checksum does not', async () => {
    const { acceptor, verdict } = await secondLeg();
    expect(failureOf(await acceptor.accept({ token: response(undefined), state: verdict.state }, patient))).toBe(
      'MALFORMED',
    );
  });

  it('the third leg counts once', async () => {
    const { acceptor, verdict, subkey } = await secondLeg();
    const leg = { token: response(undefined, clientsCheck(subkey, true)), state: verdict.state };
    const verdicts = [await acceptor.accept(leg, patient), await acceptor.accept(leg, patient)];
    expect(verdicts.map(failureOf)).toEqual(['accepted', 'REPLAY']);
  });

  it('somebody in more groups than can be kept is accepted in the second leg, with our checksum', async () => {
    const { acceptor, state } = await begun();
    const groups = Array.from({ length: 1000 }, (_, rid) => ({ rid }));
    const key = createKerberosKey(encryptionType(18)!, new Secret(serviceKey));
    const pac = writePac({ authenticatedAt: clock.now() - 60_000, groups }, key);
    const { message } = minted({ gssFlags: 2 | 32, authorizationData: authorizationDataOf(pac) });
    const verdict = await acceptor.accept({ token: response(bareToken(message)), state }, patient);
    expect(verdict.status === 'accepted' && verdict.groupSids?.length).toBe(1000);
    const { state: said, mic } = replyFields(verdict.status === 'accepted' ? verdict.reply : undefined);
    expect([said, mic?.length]).toEqual([completed, 28]);
  });

  it('a PAC that is not believed is told', async () => {
    const other = createKerberosKey(encryptionType(18)!, new Secret(randomBytes(32)));
    const pac = writePac({ authenticatedAt: clock.now() - 60_000 }, other);
    const token = bareToken(minted({ authorizationData: authorizationDataOf(pac) }).message);
    const verdict = await (await open()).accept({ token }, patient);
    expect(verdict).toMatchObject({ status: 'accepted', pacProblem: 'signature' });
    expect(verdict).not.toHaveProperty('groupSids');
  });

  it('what is kept for the next leg holds no key', async () => {
    const { verdict } = await secondLeg();
    const text = Buffer.from(verdict.state.reveal()).toString('utf8');
    expect(JSON.parse(text)).toMatchObject({ awaits: 'mic', expected: expect.stringMatching(/^[\w-]{43}$/) });
  });
});

describe('a first leg', () => {
  const first = async (parts: Parameters<typeof spnegoInit>[0]) =>
    (await open()).accept({ token: spnegoInit(parts) }, patient);

  it('without a token is answered with what we chose', async () => {
    const verdict = await first({});
    expect(replyFields(verdict.status === 'continue' ? verdict.reply : undefined)).toMatchObject({ state: incomplete });
  });

  it('of Windows, with its own identifier before the right one, is accepted and gets it back', async () => {
    const names = [mechanisms.microsoftKerberos, mechanisms.kerberos, mechanisms.ntlm];
    const verdict = await first({ mechanisms: names, token: bareToken(minted().message) });
    const reply = replyFields(verdict.status === 'accepted' ? verdict.reply : undefined);
    expect(reply).toMatchObject({ state: completed, mechanism: Buffer.from(microsoftMechanism), mic: undefined });
  });

  it('whose token has the identifier of Microsoft too is accepted', async () => {
    const token = bareToken(minted().message, microsoftMechanism);
    expect(failureOf(await first({ mechanisms: [mechanisms.microsoftKerberos], token }))).toBe('accepted');
  });

  it('with the hints of NegTokenInit2 is accepted', async () => {
    expect(failureOf(await first({ token: bareToken(minted().message), hints: true }))).toBe('accepted');
  });

  it('with a checksum that is wrong is refused, though none was asked for', async () => {
    const token = bareToken(minted().message);
    expect(failureOf(await first({ token, mic: randomBytes(28) }))).toBe('INTEGRITY');
  });

  it('with NTLM only is known as that', async () => {
    expect(failureOf(await first({ mechanisms: [mechanisms.ntlm], token: Buffer.from('NTLMSSP\0x') }))).toBe('NTLM');
  });

  it('whose Kerberos is NTLM inside is known as that', async () => {
    expect(failureOf(await first({ token: Buffer.from('NTLMSSP\0x') }))).toBe('NTLM');
  });

  it('without Kerberos tells what there was', async () => {
    expect(await first({ mechanisms: ['1.3.6.1.4.1.311.2.2.30'] })).toMatchObject({
      failure: 'NO_KERBEROS',
      facts: { offered: '1.3.6.1.4.1.311.2.2.30' },
    });
  });

  it('that is refused has an answer that says so', async () => {
    const verdict = await first({ token: bareToken(minted({ client: 'olga@OTHER' }).message) });
    expect(replyFields(verdict.status === 'refused' ? verdict.reply : undefined)).toMatchObject({ state: rejected });
  });

  it('that continues nothing is lost', async () => {
    const token = response(bareToken(minted().message));
    const acceptor = await open();
    const verdicts = [
      await acceptor.accept({ token }, patient),
      await acceptor.accept({ token, state: new Secret(Buffer.from('{"awaits":"tea"}')) }, patient),
      await acceptor.accept({ token, state: new Secret(Buffer.from('no JSON')) }, patient),
    ];
    expect(verdicts.map(failureOf)).toEqual(['LOST', 'LOST', 'LOST']);
  });

  it('with another token of Kerberos than a request is not supported', async () => {
    const token = Buffer.from(bareToken(minted().message));
    token[token.indexOf(Buffer.from('0100', 'hex'))] = 3;
    expect(failureOf(await (await open()).accept({ token }, patient))).toBe('UNSUPPORTED');
  });
});

describe('claims', () => {
  it('are for all nodes with one store', async () => {
    const ephemeral = createMemoryEphemeralStore({ clock });
    const [one, other] = [await open({ ephemeral }), await open({ ephemeral })];
    const token = bareToken(minted().message);
    const verdicts = [await one.accept({ token }, patient), await other.accept({ token }, patient)];
    expect(verdicts.map(failureOf)).toEqual(['accepted', 'REPLAY']);
  });

  it('accept nobody while the store cannot be asked', async () => {
    const ephemeral = createMemoryEphemeralStore({ clock });
    await ephemeral.close();
    const acceptor = await open({ ephemeral });
    expect(await rejectionOf(acceptor.accept({ token: bareToken(minted().message) }, patient))).toBe(
      'ERR_STORE_UNAVAILABLE',
    );
  });

  it('are kept for as long as the token could be accepted', async () => {
    const time = createFakeClock();
    const acceptor = await open({ clock: time });
    const token = bareToken(mint({ now: time.now(), serviceKey, authenticatorAheadMs: 299_000 }).message);
    const first = await acceptor.accept({ token }, patient);
    time.advance(598_000);
    const second = await acceptor.accept({ token }, patient);
    time.advance(2000);
    const third = await acceptor.accept({ token }, patient);
    expect([first, second, third].map(failureOf)).toEqual(['accepted', 'REPLAY', 'SKEW']);
  });

  it('are made by nobody who is refused', async () => {
    const refusing = { ...createMemoryEphemeralStore({ clock }), once: () => Promise.reject(new Error('asked')) };
    const acceptor = await open({ ephemeral: refusing });
    const token = bareToken(minted({ client: 'olga@OTHER' }).message);
    expect(failureOf(await acceptor.accept({ token }, patient))).toBe('WRONG_REALM');
  });
});

describe('keytabs', () => {
  const newKey = randomBytes(32);
  const next = { principal, kvno: 3, encryptionType: 18, bytes: newKey };
  const renewed = () => bareToken(minted({ serviceKey: newKey, kvno: 3 }).message);

  it('are read again when they have changed', async () => {
    const path = keytabFile();
    const acceptor = await open({ keytabs: [path] });
    const before = await acceptor.accept({ token: renewed() }, patient);
    writeFileSync(path, writeKeytab([next]));
    await acceptor.files.check();
    const after = await acceptor.accept({ token: renewed() }, patient);
    expect([before, after].map(failureOf)).toEqual(['KVNO', 'accepted']);
  });

  it('stay what they were when the change cannot be read', async () => {
    const path = keytabFile(next);
    const acceptor = await open({ keytabs: [path] });
    writeFileSync(path, 'half a ke');
    await acceptor.files.check();
    expect(failureOf(await acceptor.accept({ token: renewed() }, patient))).toBe('accepted');
  });

  it('may be several', async () => {
    const acceptor = await open({ keytabs: [keytabFile(), keytabFile(next)] });
    expect(failureOf(await acceptor.accept({ token: renewed() }, patient))).toBe('accepted');
  });

  it.each([
    ['a keytab that is not there', { keytabs: ['/nonexistent/http.keytab'] }],
    ['a principal that is none', { principal: '@' }],
  ])('%s is found at start', async (_what, wishes) => {
    expect(await rejectionOf(open(wishes))).toBe('ERR_CONFIG_INVALID');
  });
});
