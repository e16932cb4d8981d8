/** @module Keytab files: several principals, types and versions, holes, the long version number, and what is broken. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseKeytab } from '../../../src/wire/kerberos/keytab.ts';
import { principalText } from '../../../src/wire/kerberos/principal.ts';
import { type KeytabKey, writeKeytab } from '../../support/keytab.ts';
import { refusalOf } from '../../support/thrown-code.ts';

const key = (more: Partial<KeytabKey> = {}): KeytabKey => ({
  principal: 'HTTP/localhost@EXAMPLE.COM',
  kvno: 2,
  encryptionType: 18,
  bytes: randomBytes(32),
  ...more,
});

describe('a keytab', () => {
  it('has each of its keys, by principal, type and version', () => {
    const entries = parseKeytab(
      writeKeytab([
        key(),
        key({ encryptionType: 17, bytes: randomBytes(16) }),
        key({ principal: 'HTTP/a.b@OTHER', kvno: 7 }),
      ]),
    );
    expect(entries.map((one) => [principalText(one.principal), one.encryptionType, one.kvno])).toEqual([
      ['HTTP/localhost@EXAMPLE.COM', 18, 2],
      ['HTTP/localhost@EXAMPLE.COM', 17, 2],
      ['HTTP/a.b@OTHER', 18, 7],
    ]);
  });

  it('has versions above 255', () => {
    expect(parseKeytab(writeKeytab([key({ kvno: 300 })]))[0]?.kvno).toBe(300);
  });

  it('of an old program has its versions in eight bits', () => {
    expect(parseKeytab(writeKeytab([key({ kvno: 9, shortVersionOnly: true })]))[0]?.kvno).toBe(9);
  });

  it('has nothing where an entry was deleted', () => {
    const bytes = writeKeytab([key(), 'hole', key({ kvno: 3 })]);
    expect(parseKeytab(bytes).map(({ kvno }) => kvno)).toEqual([2, 3]);
  });

  it('ends at an entry of no size', () => {
    const bytes = Buffer.concat([writeKeytab([key()]), Buffer.alloc(4), Buffer.from('rest')]);
    expect(parseKeytab(bytes)).toHaveLength(1);
  });

  it('keeps an entry of a weak type, without its key', () => {
    const [entry] = parseKeytab(writeKeytab([key({ encryptionType: 23, bytes: randomBytes(16) })]));
    expect([entry?.encryptionType, entry?.key]).toEqual([23, undefined]);
  });

  it('without any key is empty', () => expect(parseKeytab(writeKeytab([]))).toEqual([]));
});

describe('refused with its reason', () => {
  it.each([
    ['is a file of something else', Buffer.from('hello, this is no keytab')],
    ['is empty', Buffer.alloc(0)],
    ['has the byte order of a machine', Buffer.concat([Buffer.from([5, 1]), writeKeytab([key()]).subarray(2)])],
    ['breaks off in an entry', writeKeytab([key()]).subarray(0, -1)],
    ['has a key that is too short', writeKeytab([key({ bytes: randomBytes(31) })])],
    ['has an entry that ends within its name', Buffer.from('0502000000060001ffff4142', 'hex')],
    ['has a name without a component', Buffer.from('050200000004000000004142', 'hex')],
    ['has a name that is no UTF-8', writeKeytab([key({ rawRealm: Uint8Array.of(0xff) })])],
    ['is larger than any keytab', Buffer.concat([writeKeytab([]), Buffer.alloc(1024 * 1024)])],
  ])('is what %s', (_what, bytes) => {
    expect(refusalOf(() => parseKeytab(bytes))).toBe('ERR_CONFIG_INVALID');
  });
});
