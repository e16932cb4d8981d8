/** @module Who is signed in at a sample application: kept by SessionIndex, so that a logout finds them without the browser's cookie. */
import { randomUUID } from 'node:crypto';
import type { Profile } from '@node-saml/node-saml';

export interface SignedIn {
  readonly name: string;
  readonly roles: readonly string[];
  /** When the assertion runs out that says so, in milliseconds since the epoch. Then the identity provider is asked again. */
  readonly expiresAt: number;
  /** What a logout has to name. */
  readonly profile: Profile;
}

/** Whom a LogoutRequest names: all sessions of this person, or one. */
export type Leaving = Pick<Profile, 'nameID' | 'sessionIndex'>;

export interface People {
  /** By what to find them again. */
  begin(profile: Profile): string;
  /** `undefined` for one who is not known, who has signed out, or whose assertion has run out. */
  find(key: string | undefined): SignedIn | undefined;
  end(leaving: Leaving): void;
}

export function createPeople(now: () => number): People {
  const people = new Map<string, SignedIn>();
  return {
    begin(profile) {
      const key = profile.sessionIndex ?? randomUUID();
      people.set(key, { name: profile.nameID, roles: rolesOf(profile), expiresAt: expiryOf(profile), profile });
      return key;
    },
    find(key) {
      const person = key === undefined ? undefined : people.get(key);
      return person !== undefined && now() < person.expiresAt ? person : undefined;
    },
    end({ nameID, sessionIndex }) {
      for (const [key, { name }] of people) {
        if (name === nameID && (sessionIndex === undefined || sessionIndex === key)) people.delete(key);
      }
    },
  };
}

/** Values of the attribute `Role`, whether it came as one value or as many. */
function rolesOf(profile: Profile): readonly string[] {
  const value = profile['Role'];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((role) => typeof role === 'string');
}

/** Of the assertion that was verified. One that names no end has ended. */
function expiryOf(profile: Profile): number {
  const [, instant] =
    /<(?:\w+:)?Conditions\b[^>]*\sNotOnOrAfter="([^"]+)"/.exec(profile.getAssertionXml?.() ?? '') ?? [];
  return instant === undefined ? 0 : Date.parse(instant);
}
