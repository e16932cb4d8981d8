/** @module What an AttributeQuery is answered: the live session in which this partner knows the person, and of its attributes those that were asked for. */
import type { SsoSessions } from '../../engine/sso-sessions.ts';
import type { SsoEntry } from '../../spi/sso-store.ts';
import type { ReadNameId } from '../../wire/saml/assertion.ts';
import type { SamlAttribute } from '../../wire/saml/assertion-writer.ts';
import { attributeNameFormats, nameIdFormats } from '../../wire/saml/constants.ts';
import type { WantedAttribute } from '../../wire/saml/queries.ts';
import { releasedAttributes } from './attribute-release.ts';
import type { NameIdSource } from './name-id.ts';
import type { Partner } from './partner.ts';
import { byRequester, byResponder, type Refusal } from './refusals.ts';

export interface AttributeAnswerOptions {
  /** Our entityID. */
  readonly entityId: string;
  readonly domain: string;
  readonly nameIds: NameIdSource;
  readonly sessions: Pick<SsoSessions, 'findByParticipant'>;
}

export interface AskedAttributes {
  readonly partner: Partner;
  /** `undefined`: a name that cannot be one of ours. */
  readonly name: ReadNameId | undefined;
  readonly wantsConfirmation: boolean;
  readonly wanted: readonly WantedAttribute[];
}

export type AttributeAnswer =
  | {
      readonly status: 'known';
      readonly name: ReadNameId;
      readonly entry: SsoEntry;
      /** Empty: of what was asked for there is nothing that this partner may know. */
      readonly attributes: readonly SamlAttribute[];
    }
  | { readonly status: 'refused'; readonly refusal: Refusal; readonly entry?: SsoEntry };

/** @throws ERR_STORE_UNAVAILABLE */
export async function answerAttributes(
  options: AttributeAnswerOptions,
  { partner, name, wantsConfirmation, wanted }: AskedAttributes,
): Promise<AttributeAnswer> {
  // Nobody could confirm the subject of an answer that goes to its partner itself.
  if (wantsConfirmation) return { status: 'refused', refusal: byRequester('RequestUnsupported') };
  const space = partner.settings.affiliation ?? partner.entityId;
  const entry = name && isOurs(options.entityId, partner, name) ? await newest(options, partner, name) : undefined;
  if (name === undefined || entry === undefined) {
    return { status: 'refused', refusal: byRequester('UnknownPrincipal') };
  }
  const released = releasedAttributes(
    partner.release,
    entry,
    options.nameIds.subjectIdsFor(entry, name.spNameQualifier ?? space),
    undefined,
  );
  if (released.status === 'missing') {
    const refusal = { ...byResponder('RequestDenied'), detail: `no value of ${released.name}` };
    return { status: 'refused', refusal, entry };
  }
  return { status: 'known', name, entry, attributes: filtered(released.attributes, wanted) };
}

/** A name belongs to who made it and to whom it was made for (saml-core §8.3.7). */
function isOurs(entityId: string, { entityId: partner, settings }: Partner, name: ReadNameId): boolean {
  if (name.nameQualifier !== undefined && name.nameQualifier !== entityId) return false;
  return [undefined, partner, settings.affiliation].includes(name.spNameQualifier);
}

/** Looking is no use of a session: a partner that asks every minute keeps nobody signed in. */
async function newest(
  { sessions, domain }: AttributeAnswerOptions,
  partner: Partner,
  { value, format = nameIdFormats.unspecified }: ReadNameId,
): Promise<SsoEntry | undefined> {
  const claim = { kind: 'saml', name: partner.entityId, nameId: value, nameIdFormat: format } as const;
  const found = (await sessions.findByParticipant(claim)).map(({ entry }) => entry);
  const here = found.filter((entry) => entry.domain === domain);
  return here.toSorted((one, other) => other.authenticatedAt - one.authenticatedAt)[0];
}

/** saml-core §3.3.2.3: what is named and nothing else; where values are named, of these only. */
function filtered(attributes: readonly SamlAttribute[], wanted: readonly WantedAttribute[]): readonly SamlAttribute[] {
  if (wanted.length === 0) return attributes;
  return attributes.flatMap((one) => {
    const asked = wanted.filter((want) => isNamed(one, want));
    if (asked.length === 0) return [];
    const all = asked.some(({ values }) => values.length === 0);
    const values = one.values.filter((value) => all || asked.some((want) => want.values.includes(value)));
    return values.length === 0 ? [] : [{ ...one, values }];
  });
}

function isNamed({ name, nameFormat }: SamlAttribute, want: WantedAttribute): boolean {
  if (want.name !== name) return false;
  return (
    want.nameFormat === undefined ||
    want.nameFormat === attributeNameFormats.unspecified ||
    want.nameFormat === nameFormat
  );
}
