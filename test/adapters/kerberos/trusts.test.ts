/** @module People of other realms of MIT: next to ours, and behind one that lies between. */
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import type { KerberosVerdict } from '../../../src/spi/kerberos-acceptor.ts';
import { negotiateTokens } from '../../support/negotiate-tokens.ts';
import { openOwnAcceptor } from '../../support/own-acceptor.ts';
import { type Kdc, startKdc } from '../../support/servers/kdc.ts';

const password = 'person-secret-8a20';
const patient = new AbortController().signal;
let kdc: Kdc;
let keytab: string;
let neighbour: string;
let distant: string;

beforeAll(async () => {
  // Above EXAMPLE.COM and FAR.COM is COM, and each trusts it: MIT's client finds the way by the hierarchy.
  kdc = await startKdc({ realms: ['EXAMPLE.COM', 'COM', 'FAR.COM'] });
  kdc.trust('EXAMPLE.COM', 'COM');
  kdc.trust('COM', 'FAR.COM');
  kdc.addPerson('carl', password, { realm: 'COM' });
  kdc.addPerson('fay', password, { realm: 'FAR.COM' });
  keytab = kdc.addService('HTTP/localhost', 'http.keytab');
  neighbour = kdc.login('carl', password, { realm: 'COM' });
  distant = kdc.login('fay', password, { realm: 'FAR.COM' });
});
afterAll(() => kdc.close());

async function verdictOn(tickets: string, trustedRealms: readonly string[]): Promise<KerberosVerdict> {
  const acceptor = await openOwnAcceptor({ keytabs: [keytab], trustedRealms });
  onTestFinished(() => acceptor.close());
  const [token] = negotiateTokens({ kdc, tickets });
  return acceptor.accept({ token: token! }, patient);
}

it('a neighbour is accepted where their realm is trusted', async () => {
  expect(await verdictOn(neighbour, ['COM'])).toMatchObject({
    status: 'accepted',
    client: { name: 'carl', realm: 'COM' },
  });
});

it('somebody behind another realm is accepted where theirs is trusted, for our KDC has checked the way', async () => {
  expect(await verdictOn(distant, ['FAR.COM'])).toMatchObject({ status: 'accepted', client: { realm: 'FAR.COM' } });
});

it('nobody comes in by a trust between realms alone, and the refusal names the realm', async () => {
  expect(await verdictOn(distant, ['COM'])).toMatchObject({
    failure: 'WRONG_REALM',
    facts: { client: 'fay@FAR.COM', realm: 'FAR.COM', ourRealm: 'EXAMPLE.COM' },
  });
});
