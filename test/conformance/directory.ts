/** @module What every directory does, whoever's server is behind it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Directory, DirectoryOptions } from '../../src/spi/directory.ts';
import { isUnavailable } from '../../src/spi/errors.ts';
import { Secret } from '../../src/spi/secret.ts';
import { fillFilter } from '../../src/wire/ldap/filter.ts';
import { hostileNames } from '../support/plugin-evidence.ts';

export interface DirectoryFacts {
  /** Searches as a service that may read everything below `base`. */
  readonly options: DirectoryOptions;
  readonly base: string;
  /** The attribute with the names of people. */
  readonly nameAttribute: string;
  readonly user: { readonly name: string; readonly dn: string; readonly password: string; readonly memberOf: string };
  /** More entries than the server gives at once. */
  readonly many: { readonly base: string; readonly filter: string; readonly count: number };
  readonly binary: { readonly attribute: string; readonly firstByte: number };
}

const signal = new AbortController().signal;
const parallel = 40;

/** `facts` is asked when the server is up. */
export function directoryConformance(
  name: string,
  facts: () => DirectoryFacts,
  open: (options: DirectoryOptions) => Directory,
): void {
  describe(`${name} as a Directory`, () => {
    let directory: Directory;
    beforeEach(() => {
      directory = open(facts().options);
    });
    afterEach(() => directory.close());

    const find = (username: string, more: { readonly atMost?: number } = {}) => {
      const { base, nameAttribute } = facts();
      const filter = fillFilter(`(${nameAttribute}={0})`, [username]);
      return directory.search({ base, scope: 'sub', filter, attributes: [nameAttribute, 'MEMBEROF'], ...more }, signal);
    };
    const bind = (dn: string, password: string) => directory.bind(dn, new Secret(password), signal);

    it('finds an entry, with attributes by their names in any case', async () => {
      const { user, nameAttribute } = facts();
      const [entry] = await find(user.name);
      expect([entry?.dn.toLowerCase(), entry?.text(nameAttribute), entry?.text('memberOf')]).toEqual([
        user.dn.toLowerCase(),
        [user.name],
        expect.arrayContaining([expect.stringMatching(new RegExp(`^${user.memberOf}$`, 'i'))]),
      ]);
    });

    it('has no values for an attribute that is not there', async () => {
      const [entry] = await find(facts().user.name);
      expect([entry?.text('telephoneNumber'), entry?.bytes('telephoneNumber')]).toEqual([[], []]);
    });

    it('gives values as the bytes that they are', async () => {
      const { user, binary } = facts();
      const search = { base: user.dn, scope: 'base', filter: '(objectClass=*)', attributes: [] } as const;
      const [entry] = await directory.search({ ...search, binary: [binary.attribute] }, signal);
      expect(entry?.bytes(binary.attribute)[0]?.[0]).toBe(binary.firstByte);
    });

    it('finds nobody where there is nobody', async () => {
      expect(await find('nobody-has-this-name')).toEqual([]);
    });

    for (const [what, hostile] of hostileNames.filter(([, text]) => text !== '' && text.isWellFormed())) {
      it(`finds nobody for ${what}`, async () => {
        expect(await find(hostile)).toEqual([]);
      });
    }

    it('gives every entry, over as many pages as it takes', async () => {
      const { many } = facts();
      const found = await directory.search({ ...many, scope: 'sub', attributes: [] }, signal);
      expect(new Set(found.map(({ dn }) => dn)).size).toBe(many.count);
    });

    it('gives no more than was asked for', async () => {
      const { many } = facts();
      expect(await directory.search({ ...many, scope: 'sub', attributes: [], atMost: 2 }, signal)).toHaveLength(2);
    });

    it('says that an entry is not there', async () => {
      const base = `cn=nobody-has-this-name,${facts().base}`;
      const search = { base, scope: 'base', filter: '(objectClass=*)', attributes: [] } as const;
      expect(await directory.search(search, signal)).toEqual([]);
    });

    it('cannot search below what is not there', async () => {
      const base = `ou=nowhere,${facts().base}`;
      const search = directory.search({ base, scope: 'sub', filter: '(cn=x)', attributes: [] }, signal);
      await expect(search).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    });

    it('verifies a password', async () => {
      const { user } = facts();
      expect(await bind(user.dn, user.password)).toBe('verified');
    });

    it('refuses a wrong password, an unknown DN, and what is no DN', async () => {
      const { user, base } = facts();
      const outcomes = [bind(user.dn, 'wrong'), bind(`cn=nobody,${base}`, user.password), bind('no dn', user.password)];
      expect(await Promise.all(outcomes)).toEqual(['bad-credential', 'bad-credential', 'bad-credential']);
    });

    it('takes an empty name or password for no name and no password', async () => {
      const { user } = facts();
      const outcomes = [bind(user.dn, ''), bind('', user.password), bind('', ''), bind('  ', user.password)];
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['bad-credential']));
    });

    it.each(['EXTERNAL', 'PLAIN', 'DIGEST-MD5', 'SCRAM-SHA-1'])('takes %s for a name', async (mechanism) => {
      expect(await bind(mechanism, 'x')).toBe('bad-credential');
    });

    it('searches as the service, whoever has bound meanwhile', async () => {
      const { user } = facts();
      await bind(user.dn, user.password);
      await bind(user.dn, 'wrong');
      expect(await find(user.name)).toHaveLength(1);
    });

    it('searches as a user where that is asked for', async () => {
      const { user } = facts();
      const as = { dn: user.dn, credential: new Secret(user.password) };
      const search = { base: user.dn, scope: 'base', filter: '(objectClass=*)', attributes: [], as } as const;
      expect(await directory.search(search, signal)).toHaveLength(1);
    });

    it('cannot search as a user whose password is another', async () => {
      const { user } = facts();
      const as = { dn: user.dn, credential: new Secret('wrong') };
      const search = directory.search({ base: user.dn, scope: 'base', filter: '(cn=*)', attributes: [], as }, signal);
      await expect(search).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    });

    it('mixes up none of many binds at once', async () => {
      const { user } = facts();
      const right = (index: number) => index % 3 !== 0;
      const all = Array.from({ length: parallel }, (_, index) => bind(user.dn, right(index) ? user.password : 'wrong'));
      expect(await Promise.all(all)).toEqual(all.map((_, index) => (right(index) ? 'verified' : 'bad-credential')));
    });

    it('is not asked for somebody who has gone', async () => {
      const { user } = facts();
      const asked = directory.bind(user.dn, new Secret(user.password), AbortSignal.abort());
      expect(isUnavailable(await asked.catch((error: unknown) => error))).toBe(true);
    });

    it('cannot be asked when it does not know the service', async () => {
      const { options, base } = facts();
      const service = { dn: facts().user.dn, credential: new Secret('wrong') };
      const other = open({ ...options, service });
      const search = other.search({ base, scope: 'sub', filter: '(cn=x)', attributes: [] }, signal);
      await expect(search).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
      await other.close();
    });

    it('can be closed twice', async () => {
      await directory.close();
      await expect(directory.close()).resolves.toBeUndefined();
    });
  });
}
