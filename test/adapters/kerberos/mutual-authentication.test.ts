/** @module What we answer, judged by MIT's client: AP-REP, NegTokenResp and mechListMIC, of every type of key. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../../src/adapters/system-clock.ts';
import { checkRequest } from '../../../src/wire/kerberos/check-request.ts';
import { parseKeytab } from '../../../src/wire/kerberos/keytab.ts';
import { answer, digestOf } from '../../../src/wire/spnego/answer.ts';
import { readLeg } from '../../../src/wire/spnego/read-leg.ts';
import { readNegotiation } from '../../../src/wire/spnego/tokens.ts';
import { type NegotiatingClient, startNegotiatingClient } from '../../support/negotiating-client.ts';
import { openOwnAcceptor } from '../../support/own-acceptor.ts';
import { aesEnctypes, type Kdc, startKdc } from '../../support/servers/kdc.ts';

const password = 'person-secret-8a20';
const patient = new AbortController().signal;
const hostOf = (enctype: string) => `${enctype}.example.com`;
let kdc: Kdc;
let keytab: string;
let tickets: string;

beforeAll(async () => {
  kdc = await startKdc();
  kdc.addPerson('hnelson', password);
  for (const enctype of aesEnctypes) {
    keytab = kdc.addService(`HTTP/${hostOf(enctype)}`, 'http.keytab', { enctypes: [enctype] });
  }
  tickets = kdc.login('hnelson', password);
});
afterAll(() => kdc.close());

function client(enctype: string, mechanism: 'spnego' | 'krb5', mutual: boolean): NegotiatingClient {
  const started = startNegotiatingClient({ kdc, tickets, service: `HTTP@${hostOf(enctype)}`, mechanism, mutual });
  onTestFinished(() => started.close());
  return started;
}

describe.each(aesEnctypes)('with %s', (enctype) => {
  it.each(['spnego', 'krb5'] as const)('a client is satisfied by our proof, by %s', async (mechanism) => {
    const acceptor = await openOwnAcceptor({ keytabs: [keytab] });
    onTestFinished(() => acceptor.close());
    const peer = client(enctype, mechanism, true);
    const first = await peer.step(Buffer.alloc(0));
    const verdict = await acceptor.accept({ token: first.token }, patient);
    const reply = verdict.status === 'accepted' ? (verdict.reply ?? Buffer.alloc(0)) : Buffer.alloc(0);
    expect(await peer.step(reply)).toEqual({ token: Buffer.alloc(0), complete: true, error: '' });
  });

  it('a client refuses our proof for another exchange', async () => {
    const acceptor = await openOwnAcceptor({ keytabs: [keytab] });
    onTestFinished(() => acceptor.close());
    const [peer, other] = [client(enctype, 'spnego', true), client(enctype, 'spnego', true)];
    await peer.step(Buffer.alloc(0));
    const first = await other.step(Buffer.alloc(0));
    const verdict = await acceptor.accept({ token: first.token }, patient);
    const { complete } = await peer.step(verdict.status === 'accepted' ? verdict.reply! : Buffer.alloc(0));
    expect(complete).toBe(false);
  });

  /** As if the client had preferred another mechanism. */
  async function answerWithCheck(first: Uint8Array) {
    const leg = readLeg(first, undefined);
    if (leg.status !== 'request' || leg.negotiated === undefined) throw new Error('the client sent no request');
    const policy = { entries: parseKeytab(readFileSync(keytab)), wanted: undefined, trustedRealms: [] };
    const more = { clockSkewMs: 300_000, channelBinding: undefined };
    const checked = checkRequest(leg.message, { ...policy, ...more }, Date.now());
    if (checked.status !== 'checked') throw new Error(checked.failure);
    return answer(checked, { ...leg.negotiated, micRequired: true }, systemRandom);
  }

  it('a client verifies our checksum of the list, and sends the one that we await', async () => {
    const peer = client(enctype, 'spnego', true);
    const answered = await answerWithCheck((await peer.step(Buffer.alloc(0))).token);
    if (answered.status !== 'answer') throw new Error(answered.failure);
    const second = await peer.step(answered.reply!);
    const sent = readNegotiation(second.token);
    expect(second).toMatchObject({ complete: true, error: '' });
    expect(typeof sent === 'object' && sent.mic !== undefined && digestOf(sent.mic)).toBe(answered.awaited);
  });
});
