/** @module Attributes in ranges as Active Directory writes them; no Active Directory of Microsoft's is asked. Samba's is, in samba.test.ts. */
import type { Entry } from 'ldapts';
import { describe, expect, test } from 'vitest';
import { maxRangedValues, readRanges, wholeValues } from '../../../src/adapters/ldap/ranges.ts';

const dn = 'CN=everybody,DC=ad,DC=example,DC=com';
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `CN=u${from + n}`);

/** Gives `atOnce` values and says where it stopped, beside the attribute without values, as Windows does. */
function server(count: number, atOnce: number) {
  const asked: string[] = [];
  const answer = (attribute: string): Entry => {
    asked.push(attribute);
    const from = Number(/range=(\d+)/.exec(attribute)?.[1] ?? '0');
    const last = Math.min(from + atOnce, count) - 1;
    const range = `member;Range=${from}-${last === count - 1 ? '*' : last}`;
    return { dn, cn: 'everybody', member: [], [range]: numbered(from, last) };
  };
  return { asked, first: () => readRanges(answer('member')), ask: async (attribute: string) => answer(attribute) };
}

describe('values in ranges', () => {
  test('are read to the last one, in order', async () => {
    const { asked, ask, first } = server(4000, 1500);
    const values = await wholeValues(first(), ask);
    expect(values?.get('member')).toEqual(numbered(0, 3999));
    expect(asked).toEqual(['member', 'member;range=1500-*', 'member;range=3000-*']);
  });

  test('that all came at once are not asked for again', async () => {
    const { asked, ask, first } = server(1500, 1500);
    expect((await wholeValues(first(), ask))?.get('member')).toHaveLength(1500);
    expect(asked).toEqual(['member']);
  });

  test('leave other attributes as they are', async () => {
    const { ask, first } = server(3000, 1500);
    expect((await wholeValues(first(), ask))?.get('cn')).toEqual(['everybody']);
  });

  test('are too many above the limit', async () => {
    const { ask, first } = server(maxRangedValues + 1, 50_000);
    expect(await wholeValues(first(), ask)).toBeUndefined();
    const allowed = server(maxRangedValues, 50_000);
    expect((await wholeValues(allowed.first(), allowed.ask))?.get('member')).toHaveLength(maxRangedValues);
  });

  test.each([
    ['gives nothing more', async (): Promise<Entry> => ({ dn, member: [] })],
    ['has lost the entry', async () => undefined],
  ])('are not taken for all when the server %s', async (_, ask) => {
    const { first } = server(3000, 1500);
    expect(await wholeValues(first(), ask)).toBeUndefined();
  });
});
