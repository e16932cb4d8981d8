/** @module Which attributes of a person go to a partner, under which names: what is configured, else roles and what its metadata asks for. */
import type { SsoEntry } from '../../spi/sso-store.ts';
import { directoryNameOf } from '../../wire/saml/attribute-names.ts';
import { attributeNameFormats, subjectIdAttributes } from '../../wire/saml/constants.ts';
import type { SamlAttribute } from '../../wire/saml/response.ts';
import type {
  AttributeConsumingService,
  RequestedAttribute,
  SubjectIdRequirement,
} from '../../wire/saml/sp-metadata.ts';

/** One attribute that an administrator lets a partner have. */
export interface AttributeRule {
  readonly name: string;
  /** URI. */
  readonly nameFormat: string;
  readonly friendlyName?: string | undefined;
  readonly from: 'attribute' | 'roles' | 'principal' | 'fixed' | 'subject-id' | 'pairwise-id';
  /** With `attribute`: what the login calls it. */
  readonly attribute: string;
  /** With `fixed`: all of them. */
  readonly values: readonly string[];
  /** Without a value of it there is no assertion. */
  readonly required: boolean;
}

/** Where a partner's release is decided from. */
export interface ReleasePolicy {
  /** Absent: roles, and what the metadata asks for. */
  readonly rules?: readonly AttributeRule[] | undefined;
  readonly roleAttribute: string;
  readonly services: readonly AttributeConsumingService[];
  readonly subjectId?: SubjectIdRequirement | undefined;
  /** Whether asking is enough; absent: it is. */
  readonly releasesRequested?: boolean;
}

/** Names that follow from keys of this installation. */
export interface SubjectIds {
  subjectId(): string;
  pairwiseId(): string;
}

export type Released =
  | { readonly status: 'released'; readonly attributes: readonly SamlAttribute[] }
  /** A required attribute of which the person has no value. */
  | { readonly status: 'missing'; readonly name: string };

/**
 * A request that names a service of the metadata gets what that service asks for and nothing else; identifiers, which are asked for in
 * another way, stay.
 * @param serviceIndex of such a request (saml-core §3.4.1)
 */
export function releasedAttributes(
  policy: ReleasePolicy,
  entry: SsoEntry,
  ids: SubjectIds,
  serviceIndex: number | undefined,
): Released {
  const attributes: SamlAttribute[] = [];
  const service = serviceOf(policy.services, serviceIndex);
  const asked = policy.rules === undefined || serviceIndex !== undefined ? service : undefined;
  for (const rule of policy.rules ?? defaultRules(policy, service, entry)) {
    const { name, nameFormat, friendlyName } = rule;
    const wanted = asked?.attributes.find((one) => one.name === name);
    const isFiltered = serviceIndex !== undefined && asked !== undefined && !isIdentifier(rule);
    if (isFiltered && wanted === undefined) continue;
    const values = valuesOf(rule, entry, ids).filter((value) => isWanted(value, wanted));
    if (values.length > 0) {
      attributes.push({ name, nameFormat, ...(friendlyName === undefined ? {} : { friendlyName }), values });
    } else if (rule.required) {
      return { status: 'missing', name };
    }
  }
  return { status: 'released', attributes };
}

function isIdentifier({ from }: AttributeRule): boolean {
  return from === 'subject-id' || from === 'pairwise-id';
}

/** The one that was named; the default where none was (saml-metadata §2.4.4.1); `undefined` where the metadata has none. */
export function serviceOf(
  services: readonly AttributeConsumingService[],
  index: number | undefined,
): AttributeConsumingService | undefined {
  if (index !== undefined) return services.find((service) => service.index === index);
  return (
    services.find((service) => service.isDefault === true) ??
    services.find((service) => service.isDefault === undefined) ??
    services[0]
  );
}

/** Values that are listed are the only ones that are wanted (saml-metadata §2.4.4.2). */
function isWanted(value: string, wanted: RequestedAttribute | undefined): boolean {
  return wanted === undefined || wanted.values.length === 0 || wanted.values.includes(value);
}

/** Roles as one attribute with many values: PicketLink's own SP reads this as well as one attribute a role (jboss-facts §11.3). */
function defaultRules(
  { roleAttribute, subjectId, releasesRequested = true }: ReleasePolicy,
  service: AttributeConsumingService | undefined,
  entry: SsoEntry,
): readonly AttributeRule[] {
  const plain = { attribute: '', values: [], required: false };
  const asked = (releasesRequested ? (service?.attributes ?? []) : []).filter(({ name }) => name !== roleAttribute);
  return [
    ...asked.map(({ name, nameFormat = attributeNameFormats.unspecified, friendlyName }) => {
      const attribute = ownNameOf(entry, [name, directoryNameOf(name), friendlyName]) ?? name;
      return { ...plain, name, nameFormat, friendlyName, from: 'attribute', attribute } as const;
    }),
    { ...plain, name: roleAttribute, nameFormat: attributeNameFormats.basic, from: 'roles' },
    ...identifierRules(releasesRequested || subjectId !== 'subject-id' ? subjectId : undefined),
  ];
}

/** Where either will do, the one that connects nothing (SAML V2.0 Subject Identifier Attributes Profile §4). */
function identifierRules(needed: SubjectIdRequirement | undefined): readonly AttributeRule[] {
  if (needed === undefined || needed === 'none') return [];
  const from = needed === 'subject-id' ? needed : 'pairwise-id';
  const { uri } = attributeNameFormats;
  return [{ name: subjectIdAttributes[from], nameFormat: uri, from, attribute: '', values: [], required: false }];
}

/** What the login calls an attribute of one of these names; names of LDAP have no case (RFC 4512 §2.5). */
function ownNameOf(entry: SsoEntry, names: readonly (string | undefined)[]): string | undefined {
  const wanted = names.map((name) => name?.toLowerCase());
  return Object.keys(entry.attributes).find((name) => wanted.includes(name.toLowerCase()));
}

function valuesOf(
  { from, attribute, values }: Pick<AttributeRule, 'from' | 'attribute' | 'values'>,
  entry: SsoEntry,
  ids: SubjectIds,
): readonly string[] {
  switch (from) {
    case 'roles':
      return entry.roles;
    case 'principal':
      return [entry.principal];
    case 'fixed':
      return values;
    case 'subject-id':
      return [ids.subjectId()];
    case 'pairwise-id':
      return [ids.pairwiseId()];
    case 'attribute':
      return entry.attributes[attribute] ?? [];
    default:
      return from satisfies never;
  }
}
