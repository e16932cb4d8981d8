/** @module Groups out of a PAC: only of one that the domain controller signed for us, about this person, in this ticket. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/spi/secret.ts';
import { checkRequest } from '../../../src/wire/kerberos/check-request.ts';
import { encryptionType } from '../../../src/wire/kerberos/encryption-types.ts';
import { createKerberosKey } from '../../../src/wire/kerberos/key.ts';
import { parseKeytab } from '../../../src/wire/kerberos/keytab.ts';
import { readLogonInfo } from '../../../src/wire/kerberos/logon-info.ts';
import { writeKeytab } from '../../support/keytab.ts';
import { authorizationDataOf, type PacParts, writeLogonInfo, writePac } from '../../support/minted-pac.ts';
import { mint } from '../../support/minted-ticket.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const authenticatedAt = now - 60_000;
const bytesOf = new Map([17, 18, 19, 20].map((id) => [id, randomBytes(encryptionType(id)!.keyBytes)]));
const keyOf = (id: number, bytes = bytesOf.get(id)!) => createKerberosKey(encryptionType(id)!, new Secret(bytes));
const domain = 'S-1-5-21-1-2-3';

function pacOf(pac: Uint8Array, id = 18, client = 'hnelson@AD.EXAMPLE.COM') {
  const principal = 'HTTP/localhost@AD.EXAMPLE.COM';
  const serviceKey = bytesOf.get(id)!;
  const keytab = writeKeytab([{ principal, kvno: 2, encryptionType: id, bytes: serviceKey }]);
  const { message } = mint({
    ...{ now, serviceKey, enctype: id, client, service: principal },
    authorizationData: authorizationDataOf(pac),
  });
  const policy = { entries: parseKeytab(keytab), wanted: undefined, trustedRealms: [] };
  const checked = checkRequest(message, { ...policy, clockSkewMs: 300_000, channelBinding: undefined }, now);
  return checked.status === 'checked' ? checked.pac : checked.failure;
}

const pac = (parts: Partial<PacParts> = {}, id = 18) => writePac({ authenticatedAt, ...parts }, keyOf(id));
const groups = (parts: Partial<PacParts>) => {
  const read = pacOf(pac(parts));
  return typeof read === 'object' && read.status === 'verified' ? read.logon.groupSids : read;
};

describe('the groups', () => {
  it.each([17, 18, 19, 20])('are there when the signature is ours, of type %i', (id) => {
    expect(pacOf(pac({ groups: [{ rid: 513 }] }, id), id)).toEqual({
      status: 'verified',
      logon: { accountName: 'hnelson', userSid: `${domain}-1108`, groupSids: [`${domain}-513`] },
    });
  });

  it('are those of the domain, of other domains, and of the domain of the resource', () => {
    const parts = {
      groups: [{ rid: 513 }, { rid: 1110 }],
      extra: [{ sid: [18, 1] }, { sid: [5, 21, 7, 8, 9, 519] }],
      resourceDomain: [5, 21, 4, 4, 4],
      resourceGroups: [{ rid: 1200 }],
    };
    expect(groups(parts)).toEqual([
      ...[`${domain}-513`, `${domain}-1110`, 'S-1-18-1', 'S-1-5-21-7-8-9-519', 'S-1-5-21-4-4-4-1200'],
    ]);
  });

  it('are each there once', () => expect(groups({ groups: [{ rid: 5 }, { rid: 5 }] })).toEqual([`${domain}-5`]));

  it.each([
    ['not enabled', 0x3],
    ['for denial only', 0x14],
  ])('leave out one that is %s', (_what, attributes) => {
    expect(groups({ groups: [{ rid: 5, attributes }, { rid: 6 }], extra: [{ sid: [18, 1], attributes }] })).toEqual([
      `${domain}-6`,
    ]);
  });

  it('may be a thousand', () => {
    const many = Array.from({ length: 1015 }, (_, rid) => ({ rid }));
    expect(groups({ groups: many })).toHaveLength(1015);
  });
});

describe('nothing is believed', () => {
  const changed = pac({ groups: [{ rid: 513 }] });
  changed[changed.length - 60] = (changed[changed.length - 60] ?? 0) ^ 1;
  it.each<[reason: string, what: string, Uint8Array]>([
    ['signature', 'of a PAC that was changed', changed],
    [
      'signature',
      'of a PAC that another service’s key has signed',
      writePac({ authenticatedAt }, keyOf(18, randomBytes(32))),
    ],
    ['signature-type', 'of a signature of RC4', pac({ signatureType: -138 })],
    ['other-client', 'of a PAC about somebody else', pac({ name: 'administrator' })],
    ['other-client', 'of a PAC of another login', pac({ authenticatedAt: authenticatedAt + 1000 })],
    ['malformed', 'without the signature for us', pac({ without: [6] })],
    ['malformed', 'without the signature of the domain', pac({ without: [7] })],
    ['malformed', 'without the name', pac({ without: [10] })],
    ['malformed', 'without the logon information', pac({ without: [1] })],
    ['malformed', 'with the logon information twice', pac({ twice: 1 })],
    ['malformed', 'with the signature twice', pac({ twice: 6 })],
    ['malformed', 'of logon information that is none', pac({ logon: randomBytes(64) })],
    ['malformed', 'of bytes that are none', randomBytes(300)],
    ['malformed', 'of nothing', Buffer.alloc(0)],
  ])('%s: %s', (reason, _what, bytes) => expect(pacOf(bytes)).toEqual({ status: 'unverified', reason }));
});

describe('logon information', () => {
  const whole = writeLogonInfo({ authenticatedAt, groups: [{ rid: 513 }], extra: [{ sid: [18, 1] }] });

  it('that breaks off anywhere is none', () => {
    const read = Array.from(whole, (_, length) => readLogonInfo(whole.subarray(0, length)));
    expect(read.filter((one) => one !== undefined)).toEqual([]);
  });

  it('with counts beyond its end is none, at once', () => {
    const lying = Buffer.from(whole);
    // The maximum count in front of the array of groups: its one member follows, enabled.
    const at = lying.indexOf(Buffer.from('010000000102000007000000', 'hex'));
    lying.writeUInt32LE(0xffffffff, at);
    expect([at > 0, readLogonInfo(lying)]).toEqual([true, undefined]);
  });

  it('of whatever bytes is read or not, and nothing is thrown', () => {
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Buffer.from(whole);
      bytes[20 + (round % (bytes.length - 20))] = round % 256;
      const read = readLogonInfo(bytes);
      expect(read === undefined || Array.isArray(read.groupSids)).toBe(true);
    }
  });
});
