/** @module What attributes a service provider's metadata asks for (saml-metadata §2.4.4.1; SAML V2.0 Subject Identifier Attributes Profile §4). */
import { attribute, child, children, textOf, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { maxNameLength } from './message-fields.ts';
import { booleanAttribute, metadataFault } from './metadata-fields.ts';
import type { AttributeConsumingService, RequestedAttribute, SubjectIdRequirement } from './sp-metadata.ts';
import { parseUnsignedShort } from './values.ts';

const { md, saml } = samlNamespaces;

const entityAttributes = 'urn:oasis:names:tc:SAML:metadata:attribute';
const subjectIdRequirementName = 'urn:oasis:names:tc:SAML:profiles:subject-id:req';

/** A service that asks for more has not thought about what it needs. */
const maxServices = 64;
const maxAttributes = 256;

export function attributeServicesOf(role: XmlElement): readonly AttributeConsumingService[] {
  const services = children(role, md, 'AttributeConsumingService');
  if (services.length > maxServices) throw metadataFault('A role has too many attribute consuming services');
  return services.map((service) => {
    const index = parseUnsignedShort(attribute(service, 'index') ?? '');
    if (index === undefined) throw metadataFault('An attribute consuming service has no index');
    const isDefault = booleanAttribute(service, 'isDefault');
    const requested = children(service, md, 'RequestedAttribute');
    if (requested.length > maxAttributes) throw metadataFault('A service asks for too many attributes');
    return { index, ...(isDefault === undefined ? {} : { isDefault }), attributes: requested.map(requestedOf) };
  });
}

function requestedOf(element: XmlElement): RequestedAttribute {
  const name = attribute(element, 'Name')?.trim() ?? '';
  if (name === '' || name.length > maxNameLength) throw metadataFault('A requested attribute has no name');
  const nameFormat = attribute(element, 'NameFormat')?.trim();
  const friendlyName = attribute(element, 'FriendlyName')?.trim();
  return {
    name,
    ...(nameFormat === undefined ? {} : { nameFormat }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    isRequired: booleanAttribute(element, 'isRequired') ?? false,
    values: children(element, saml, 'AttributeValue').flatMap((value) => textOf(value)?.trim() || []),
  };
}

/** Which identifier the entity needs, by the entity attribute of that profile; `undefined` when it does not say. */
export function subjectIdRequirementOf(entity: XmlElement): SubjectIdRequirement | undefined {
  const extensions = child(entity, md, 'Extensions');
  const listed = extensions && child(extensions, entityAttributes, 'EntityAttributes');
  const signals = listed && children(listed, saml, 'Attribute');
  const signal = signals?.find((one) => attribute(one, 'Name') === subjectIdRequirementName);
  const value = signal && child(signal, saml, 'AttributeValue');
  switch (value && textOf(value)?.trim()) {
    case 'subject-id':
      return 'subject-id';
    case 'pairwise-id':
      return 'pairwise-id';
    case 'any':
      return 'any';
    case 'none':
      return 'none';
    default:
      return undefined;
  }
}
