/** @module What every security realm does, whatever it keeps its users in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence, EvidenceKind } from '../../src/spi/evidence.ts';
import type { SecurityRealm } from '../../src/spi/security-realm.ts';
import { evidenceOfEachKind, hostileNames, password, shownKinds } from '../support/plugin-evidence.ts';

export interface SecurityRealmHarness {
  open(): Promise<SecurityRealm>;
  readonly user: {
    readonly name: string;
    readonly password: string;
    readonly groups: readonly string[];
    readonly roles: readonly string[];
  };
  /** Further evidence that proves the user, of kinds that the realm verifies beside passwords. */
  readonly otherEvidence?: readonly Evidence[];
}

const signal = new AbortController().signal;

export function securityRealmConformance(name: string, harness: SecurityRealmHarness): void {
  const { user, otherEvidence = [] } = harness;
  const verified: readonly EvidenceKind[] = ['password', ...otherEvidence.map(({ kind }) => kind)];

  describe(`${name} as a SecurityRealm`, () => {
    let realm: SecurityRealm;
    beforeEach(async () => {
      realm = await harness.open();
    });
    afterEach(() => realm.close?.());

    it('knows its user, with groups and roles', async () => {
      const { name: known, exists, groups, roles } = await realm.identity(user.name, signal);
      expect({ name: known, exists, groups, roles }).toEqual({
        name: user.name,
        exists: true,
        groups: user.groups,
        roles: user.roles,
      });
    });

    it('verifies the right password', async () => {
      const identity = await realm.identity(user.name, signal);
      expect(await identity.verify(password(user.name, user.password))).toBe('verified');
    });

    for (const wrong of ['', `${user.password} `, user.password.slice(1), `${user.password}\u0000`]) {
      it(`rejects the password ${JSON.stringify(wrong)}`, async () => {
        const identity = await realm.identity(user.name, signal);
        expect(await identity.verify(password(user.name, wrong))).toBe('rejected');
      });
    }

    for (const evidence of otherEvidence) {
      it(`verifies ${evidence.kind} evidence`, async () => {
        const identity = await realm.identity(user.name, signal);
        expect(await identity.verify(evidence)).toBe('verified');
      });
    }

    it('rejects evidence that claims another name', async () => {
      const identity = await realm.identity(user.name, signal);
      expect(await identity.verify(password('somebody-else', user.password))).toBe('rejected');
    });

    for (const kind of shownKinds.filter((candidate) => !verified.includes(candidate))) {
      it(`cannot check ${kind} evidence`, async () => {
        const identity = await realm.identity(user.name, signal);
        expect(await identity.verify(evidenceOfEachKind[kind])).toBe('unsupported-evidence');
      });
    }

    for (const [what, hostile] of [['an unknown name', 'nobody-has-this-name'], ...hostileNames] as const) {
      it(`hands out an identity for ${what} that is nobody's`, async () => {
        const identity = await realm.identity(hostile, signal);
        expect(identity).toMatchObject({ exists: false, groups: [], roles: [] });
        expect(await identity.verify(password(hostile, user.password))).toBe('rejected');
        expect(await identity.verify(password(hostile, ''))).toBe('rejected');
      });
    }

    it('can be closed twice', async () => {
      await realm.close?.();
      await expect(Promise.resolve(realm.close?.())).resolves.toBeUndefined();
    });
  });
}
