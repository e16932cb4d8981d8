/** @module Every partner whose metadata is here, by entityID: one look however many there are, while sources replace theirs. */

/** What every kind of partner has: service providers that sign people on here, identity providers where they sign on. */
export interface KnownEntity {
  readonly entityId: string;
  /** Milliseconds since the epoch; after it the metadata says nothing any more (saml-metadata §2.3.1). */
  readonly validUntil: number | undefined;
  /** False: the administrator has shut it out. Absent: true. */
  readonly enabled?: boolean | undefined;
}

/** A partner, made of its metadata when somebody asks. */
export interface PartnerEntry<P> {
  readonly entityId: string;
  /** @throws ERR_SAML_METADATA when it cannot be worked with. */
  partner(): P;
}

/** The part of one source. */
export interface PartnerSlot<P> {
  /** All at once: nobody sees half of a change. */
  replace(entries: readonly PartnerEntry<P>[]): void;
}

export interface PartnerTable<P> {
  /** A source that was given its slot earlier goes before one that was given it later. */
  slot(options: { readonly listed: boolean }): PartnerSlot<P>;
  /** In the order of their slots; nearly always one at most. */
  find(entityId: string): readonly PartnerEntry<P>[];
  /** Entries of the slots that are listed, in order. */
  listed(): readonly PartnerEntry<P>[];
}

interface Placed<P> {
  readonly entry: PartnerEntry<P>;
  readonly order: number;
}

export function createPartnerTable<P>(): PartnerTable<P> {
  const none: readonly PartnerEntry<P>[] = [];
  const byEntityId = new Map<string, readonly Placed<P>[]>();
  const slots: { readonly listed: boolean; entries: readonly PartnerEntry<P>[] }[] = [];

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
