/** @module Which sessions a participant takes part in, by what it was given there. */
import type { Participant, ParticipantClaim, SsoEntry } from '../spi/sso-store.ts';

export interface ParticipantIndex {
  add(key: string, participants: readonly Participant[]): void;
  remove(key: string, participants: readonly Participant[]): void;
  /** Keys of sessions that may fit. */
  keysFor(claim: ParticipantClaim): readonly string[];
  clear(): void;
}

export function createParticipantIndex(): ParticipantIndex {
  const byName = new Map<string, Set<string>>();
  return {
    add(key, participants) {
      for (const name of namesOf(participants)) {
        const keys = byName.get(name);
        if (keys === undefined) byName.set(name, new Set([key]));
        else keys.add(key);
      }
    },
    remove(key, participants) {
      for (const name of namesOf(participants)) {
        const keys = byName.get(name);
        keys?.delete(key);
        if (keys?.size === 0) byName.delete(name);
      }
    },
    keysFor: (claim) => [...(byName.get(nameOf(claim)) ?? [])],
    clear: () => byName.clear(),
  };
}

function nameOf({ kind, name, nameId, nameIdFormat }: Pick<Participant, 'kind' | 'name' | 'nameId' | 'nameIdFormat'>) {
  return JSON.stringify([kind, name, nameIdFormat, nameId]);
}

function namesOf(participants: readonly Participant[]): readonly string[] {
  return participants.filter(({ nameId }) => nameId !== undefined).map(nameOf);
}

export function fits(entry: SsoEntry, claim: ParticipantClaim): boolean {
  return entry.participants.some(
    (known) =>
      known.kind === claim.kind &&
      known.name === claim.name &&
      known.nameId === claim.nameId &&
      known.nameIdFormat === claim.nameIdFormat &&
      (claim.sessionIndex === undefined || known.sessionIndex === claim.sessionIndex),
  );
}
