/** @module Every rule about an AP-REQ, one ticket for each: minted with the service's key, without a KDC. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { octetString, sequence } from '../../../src/wire/der.ts';
import { checkRequest, type RequestPolicy } from '../../../src/wire/kerberos/check-request.ts';
import { writeFields, writeInteger } from '../../../src/wire/kerberos/fields.ts';
import { parseKeytab } from '../../../src/wire/kerberos/keytab.ts';
import { parsePrincipal, principalText } from '../../../src/wire/kerberos/principal.ts';
import { type KeytabKey, writeKeytab } from '../../support/keytab.ts';
import { bindingsOf, type Mint, mint } from '../../support/minted-ticket.ts';

const now = Date.parse('2026-03-01T10:00:00.250Z');
const serviceKey = randomBytes(32);
const service = 'HTTP/localhost@EXAMPLE.COM';
const keytabKey = (more: Partial<KeytabKey> = {}): KeytabKey => ({
  ...{ principal: service, kvno: 2, encryptionType: 18, bytes: serviceKey },
  ...more,
});
const minutes = (count: number) => count * 60_000;
const binding = Buffer.concat([Buffer.from('tls-server-end-point:'), randomBytes(32)]);

function check(
  ticket: Partial<Mint> = {},
  policy: Partial<RequestPolicy> = {},
  keys: readonly KeytabKey[] = [keytabKey()],
) {
  const whole: RequestPolicy = {
    entries: parseKeytab(writeKeytab(keys)),
    ...{ wanted: undefined, trustedRealms: [], clockSkewMs: minutes(5), channelBinding: undefined },
    ...policy,
  };
  return checkRequest(mint({ now, serviceKey, ...ticket }).message, whole, now);
}

type Case = [what: string, ticket: Partial<Mint>, policy?: Partial<RequestPolicy>, keys?: readonly KeytabKey[]];

describe('accepted', () => {
  it.each<Case>([
    ['is a good ticket', {}],
    ['is one whose authenticator is just within the skew', { authenticatorAheadMs: minutes(5) - 1000 }],
    ['is one that ended within the skew', { endsInMs: -minutes(4) }],
    ['is one that begins within the skew', { startsInMs: minutes(4) }],
    ['is one with a subkey', { subkey: { type: 19, bytes: randomBytes(16) } }],
    ['is a session key of another type than the ticket', { sessionType: 20 }],
    ['is one that says no version', { kvno: undefined }],
    ['is one of a trusted realm', { client: 'olga@OTHER' }, { trustedRealms: ['OTHER'] }],
    [
      'is one that came through trusted realms',
      { client: 'olga@OTHER', transited: 'MID' },
      { trustedRealms: ['OTHER', 'MID'] },
    ],
    [
      'is one whose way our own KDC has checked',
      { client: 'olga@OTHER', transited: 'MID', ticketFlags: [12] },
      { trustedRealms: ['OTHER'] },
    ],
    ['is one for an alias of a service that is in the keytab', { service: 'HTTP/alias@EXAMPLE.COM' }],
    ['is one for the wanted service', {}, { wanted: parsePrincipal(service) }],
    ['is one for the wanted service of whichever realm', {}, { wanted: parsePrincipal('HTTP/localhost') }],
    ['is one of the older key', {}, {}, [keytabKey({ kvno: 3, bytes: randomBytes(32) }), keytabKey()]],
    ['is one whose version was written in eight bits', { kvno: 258 }],
    ['is one that binds to our channel', { bindings: bindingsOf(binding) }, { channelBinding: binding }],
    ['is one that binds to no channel, where there is one', {}, { channelBinding: binding }],
    ['is one that binds to a channel that ends elsewhere', { bindings: bindingsOf(binding) }],
  ])('%s', (_what, ticket, policy, keys) => {
    expect(check(ticket, policy, keys).status).toBe('checked');
  });
});

describe('refused', () => {
  it.each<[failure: string, ...Case]>([
    ['SKEW', 'is an authenticator from the past', { authenticatorAheadMs: -minutes(5) - 1000 }],
    ['SKEW', 'is an authenticator from the future', { authenticatorAheadMs: minutes(5) + 1000 }],
    ['EXPIRED', 'is a ticket that has ended', { endsInMs: -minutes(6) }],
    ['NOT_YET_VALID', 'is a ticket that has not begun', { startsInMs: minutes(6) }],
    ['NOT_YET_VALID', 'is a postdated ticket that was not validated', { ticketFlags: [7] }],
    ['INTEGRITY', 'is the authenticator of somebody else', { authenticatorClient: 'root@EXAMPLE.COM' }],
    ['INTEGRITY', 'is the authenticator of a namesake in another realm', { authenticatorClient: 'hnelson@OTHER' }],
    ['INTEGRITY', 'is an authenticator that was encrypted for something else', { authenticatorUsage: 7 }],
    ['WRONG_REALM', 'is a client of a realm that is not trusted', { client: 'olga@OTHER' }],
    ['WRONG_REALM', 'is a realm that differs in case', { client: 'hnelson@example.com' }],
    [
      'WRONG_REALM',
      'is one that came through a realm that is not trusted',
      { client: 'olga@OTHER', transited: 'MID' },
      { trustedRealms: ['OTHER'] },
    ],
    ['WRONG_REALM', 'is one of our own realm that came through a stranger', { transited: 'MID' }],
    [
      'MALFORMED',
      'is a way between realms that cannot be read',
      { client: 'olga@OTHER', transited: 'A\\' },
      { trustedRealms: ['OTHER'] },
    ],
    [
      'MALFORMED',
      'is a way between realms that is written in no known way',
      { client: 'olga@OTHER', transited: 'A', transitedType: 7 },
      { trustedRealms: ['OTHER', 'A'] },
    ],
    ['NOT_FOR_US', 'is another service than the wanted', {}, { wanted: parsePrincipal('HTTP/other@EXAMPLE.COM') }],
    ['NOT_FOR_US', 'is the wanted service of another realm', {}, { wanted: parsePrincipal('HTTP/localhost@OTHER') }],
    ['NO_KEY', 'is a service that no keytab has', { service: 'HTTP/x@EXAMPLE.COM', serviceKey: randomBytes(32) }],
    ['NO_KEY', 'is everybody, when the keytabs are empty', {}, {}, []],
    ['KVNO', 'is a key of another version', { kvno: 3, serviceKey: randomBytes(32) }],
    ['INTEGRITY', 'is a key of the same version that is another', { serviceKey: randomBytes(32) }],
    [
      'INTEGRITY',
      'is a ticket that says no version and is of another key',
      { kvno: undefined, serviceKey: randomBytes(32) },
    ],
    ['ENCTYPE', 'is a ticket of RC4', { namedEnctype: 23 }],
    ['ENCTYPE', 'is a ticket of a type that the keytab has not', { enctype: 17, serviceKey: randomBytes(16) }],
    ['ENCTYPE', 'is a session key of RC4', { sessionType: 23 }],
    ['ENCTYPE', 'is a session key of the wrong length', { sessionType: 18, sessionKey: randomBytes(32).subarray(1) }],
    ['ENCTYPE', 'is a subkey of RC4', { subkey: { type: 23, bytes: randomBytes(16) } }],
    [
      'BINDINGS',
      'is one made for another channel',
      { bindings: bindingsOf(Buffer.from('x')) },
      { channelBinding: binding },
    ],
    ['UNSUPPORTED', 'is user-to-user', { options: [1] }],
    ['UNSUPPORTED', 'is DCE style', { gssFlags: 0x1000 }],
    ['MALFORMED', 'is an authenticator without a checksum', { checksumType: 'none' }],
    ['MALFORMED', 'is an authenticator whose checksum is none of GSS-API', { checksumType: 16 }],
  ])('as %s %s', (failure, _what, ticket, policy, keys) => {
    const result = check(ticket, policy, keys);
    expect(result.status === 'refused' ? result.failure : result.status).toBe(failure);
  });

  it('as MALFORMED is what is no AP-REQ', () => {
    const policy = { entries: [], wanted: undefined, trustedRealms: [], clockSkewMs: 1, channelBinding: undefined };
    expect(checkRequest(Buffer.from('x'), policy, now)).toMatchObject({ failure: 'MALFORMED' });
  });
});

describe('what a refusal tells', () => {
  const factsOf = (...args: Parameters<typeof check>) => {
    const result = check(...args);
    return result.status === 'refused' ? result.facts : undefined;
  };

  it('of a version: which was asked and which there are', () => {
    const keys = [keytabKey(), keytabKey({ kvno: 3 })];
    expect(factsOf({ kvno: 5, serviceKey: randomBytes(32) }, {}, keys)).toMatchObject({ kvno: 5, keytabKvnos: '2, 3' });
  });

  it('of a key: whose the ticket is and whose there are', () => {
    expect(factsOf({ service: 'HTTP/x@EXAMPLE.COM', serviceKey: randomBytes(32) })).toMatchObject({
      service: 'HTTP/x@EXAMPLE.COM',
      keytab: service,
    });
  });

  it('of a type: its name and the names of those in the keytab', () => {
    expect(factsOf({ enctype: 17, serviceKey: randomBytes(16) })).toMatchObject({
      enctype: 'aes128-cts-hmac-sha1-96',
      keytabEnctypes: 'aes256-cts-hmac-sha1-96',
    });
  });

  it('of a weak type: its name', () => {
    expect(factsOf({ namedEnctype: 23 })).toMatchObject({ enctype: 'arcfour-hmac' });
  });

  it('of the clocks: by how many seconds the client is ahead', () => {
    expect(factsOf({ authenticatorAheadMs: minutes(6) })).toMatchObject({
      clockDifferenceSeconds: 360,
      allowedSeconds: 300,
    });
  });

  it('of the end: when it was', () => {
    expect(factsOf({ endsInMs: -minutes(60) })).toMatchObject({ endedAt: '2026-03-01T09:00:00.000Z' });
  });

  it('in characters that can be printed, whatever the client wrote', () => {
    expect(factsOf({ client: 'a\u001b[2J@OTHER' })).toMatchObject({ client: 'a\\u{1b}[2J@OTHER' });
  });
});

it('the authenticator is known again, whatever is around it', () => {
  const { message } = mint({ now, serviceKey });
  const policy: RequestPolicy = {
    entries: parseKeytab(writeKeytab([keytabKey()])),
    ...{ wanted: undefined, trustedRealms: [], clockSkewMs: minutes(5), channelBinding: undefined },
  };
  const changed = Buffer.from(message);
  // The low bit of the ticket's version, in front of its ciphertext, protects nothing.
  const version = changed.indexOf(Buffer.from('a103020102', 'hex'));
  changed[version + 4] = 9;
  const ids = [message, changed].map((one) => {
    const result = checkRequest(one, policy, now);
    return result.status === 'checked' ? result.authenticatorId : result.failure;
  });
  expect(ids[0]).toMatch(/^[\w-]{43}$/);
  expect(ids[1]).toBe(ids[0]);
});

it('who we are comes from the key, not from the ticket', () => {
  const result = check({ service: 'HTTP/alias@ELSEWHERE' });
  expect(result.status === 'checked' && principalText(result.service)).toBe(service);
});

it('what a client adds to its authenticator is no PAC', () => {
  const item = writeFields([writeInteger(128), octetString(randomBytes(64))]);
  const result = check({ authorizationData: sequence(item) });
  expect(result.status === 'checked' && result.pac).toEqual({ status: 'none' });
});
