/** @module Our acceptor against MIT's on changed tokens: they differ in what nobody has authenticated, and each such place is named. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { KerberosVerdict } from '../../../src/spi/kerberos-acceptor.ts';
import { nativeVerdicts } from '../../support/native-verdicts.ts';
import { negotiateTokens } from '../../support/negotiate-tokens.ts';
import { openOwnAcceptor } from '../../support/own-acceptor.ts';
import { type Kdc, startKdc } from '../../support/servers/kdc.ts';
import { mapOf } from '../../support/token-map.ts';

const password = 'person-secret-8a20';
const patient = new AbortController().signal;

/** Where a change is accepted by both: the ticket proves what these say, or they say nothing. */
const byBoth = [
  'key version of the ticket',
  // One bit makes it the identifier that Microsoft gave to Kerberos.
  'list of mechanisms',
  'options of AP-REQ',
  'realm of the ticket',
  'service name',
  'type of the service name',
];
/** Where MIT alone accepts. */
const byMitOnly = [
  // Lengths and tags that it reads over; DER has one encoding.
  'frame',
  // It takes the token for Kerberos whatever the list says.
  'list of mechanisms',
  // User-to-user: it tries its own key all the same.
  'options of AP-REQ',
  // Names that are no UTF-8.
  'realm of the ticket',
  'service name',
  // It does not look at the number of the message.
  'version and type of AP-REQ',
];
/** Where we alone accept: one bit makes it the identifier that Microsoft gave to Kerberos, inside as well as outside. */
const byUsOnly = ['identifier of Kerberos'];

let kdc: Kdc;
let keytab: string;
let token: Buffer;
beforeAll(async () => {
  kdc = await startKdc();
  kdc.addPerson('hnelson', password);
  keytab = kdc.addService('HTTP/localhost', 'http.keytab');
  token = negotiateTokens({ kdc, tickets: kdc.login('hnelson', password), mutual: true })[0]!;
});
afterAll(() => kdc.close());

interface Changed {
  readonly place: string;
  readonly token: Buffer;
}

function accepted(verdict: KerberosVerdict): string | undefined {
  return verdict.status === 'accepted' ? `${verdict.client.name}@${verdict.client.realm}` : undefined;
}

/** Who accepts what, without a word about what both refuse: `MIT only: frame`. */
async function differences(changes: readonly Changed[]): Promise<readonly string[]> {
  const acceptor = await openOwnAcceptor({ keytabs: [keytab] });
  onTestFinished(() => acceptor.close());
  const native = nativeVerdicts(
    kdc,
    keytab,
    changes.map((change) => change.token),
  );
  const found = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const ours = accepted(await acceptor.accept({ token: change.token, dryRun: true }, patient));
    const theirs = native[index];
    if (ours !== undefined && theirs !== undefined) {
      found.add(ours === theirs ? `both: ${change.place}` : `${ours} and ${theirs}: ${change.place}`);
    } else if (ours !== undefined) found.add(`we only: ${change.place}`);
    else if (theirs !== undefined) found.add(`MIT only: ${change.place}`);
  }
  return [...found];
}

const allowed = [
  ...byBoth.map((place) => `both: ${place}`),
  ...byMitOnly.map((place) => `MIT only: ${place}`),
  ...byUsOnly.map((place) => `we only: ${place}`),
];

describe('a token', () => {
  it('as it is, both accept, of the same person', async () => {
    expect(await differences([{ place: 'nowhere', token }])).toEqual(['both: nowhere']);
  });

  it('with any one bit changed is accepted only where nothing is authenticated', async () => {
    const place = mapOf(token);
    const changes = Array.from({ length: token.length * 8 }, (_, bit) => {
      const changed = Buffer.from(token);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return { place: place(bit >> 3), token: changed };
    });
    // Of a difference that is named here and not found any more, the name should go.
    expect((await differences(changes)).toSorted()).toEqual(allowed.toSorted());
  });

  it('with octets put in, taken out or repeated is accepted only where nothing is authenticated', async () => {
    const place = mapOf(token);
    const changes = Array.from({ length: 1200 }, (_, round) => {
      const random = createHash('sha256').update(`round ${round}`).digest();
      const at = random.readUInt16BE(0) % token.length;
      const count = 1 + (random.readUInt8(2) % 4);
      const middle = [random.subarray(4, 4 + count), Buffer.alloc(0), token.subarray(at, at + 2 * count)][round % 3];
      const tail = token.subarray(round % 3 === 0 ? at : at + count);
      return { place: place(at), token: Buffer.concat([token.subarray(0, at), middle!, tail]) };
    });
    // At the end, repeating may change nothing.
    const found = await differences(changes.filter((change) => !change.token.equals(token)));
    expect(found.filter((one) => !allowed.includes(one))).toEqual([]);
  });
});
