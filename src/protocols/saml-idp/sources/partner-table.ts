/** @module Every partner whose metadata is here, by entityID: one look however many there are, while sources replace theirs. */
import type { Partner } from '../partner.ts';

/** A partner, made of its metadata when somebody asks. */
export interface PartnerEntry {
  readonly entityId: string;
  /** @throws ERR_SAML_METADATA when it cannot be worked with. */
  partner(): Partner;
}

/** The part of one source. */
export interface PartnerSlot {
  /** All at once: nobody sees half of a change. */
  replace(entries: readonly PartnerEntry[]): void;
}

export interface PartnerTable {
  /** A source that was given its slot earlier goes before one that was given it later. */
  slot(options: { readonly listed: boolean }): PartnerSlot;
  /** In the order of their slots; nearly always one at most. */
  find(entityId: string): readonly PartnerEntry[];
  /** Entries of the slots that are listed, in order. */
  listed(): readonly PartnerEntry[];
}

interface Placed {
  readonly entry: PartnerEntry;
  readonly order: number;
}

const none: readonly PartnerEntry[] = [];

export function createPartnerTable(): PartnerTable {
  const byEntityId = new Map<string, readonly Placed[]>();
  const slots: { readonly listed: boolean; entries: readonly PartnerEntry[] }[] = [];

  function without(entityId: string, order: number): void {
    const rest = (byEntityId.get(entityId) ?? []).filter((placed) => placed.order !== order);
    if (rest.length === 0) byEntityId.delete(entityId);
    else byEntityId.set(entityId, rest);
  }

  return {
    slot({ listed }) {
      const order = slots.length;
      const slot = { listed, entries: none };
      slots.push(slot);
      return {
        replace(entries) {
          for (const { entityId } of slot.entries) without(entityId, order);
          for (const entry of entries) {
            const placed = [...(byEntityId.get(entry.entityId) ?? []), { entry, order }];
            byEntityId.set(entry.entityId, placed.length === 1 ? placed : placed.sort((a, b) => a.order - b.order));
          }
          slot.entries = entries;
        },
      };
    },
    find: (entityId) => byEntityId.get(entityId)?.map(({ entry }) => entry) ?? none,
    listed: () => slots.filter(({ listed }) => listed).flatMap(({ entries }) => entries),
  };
}
