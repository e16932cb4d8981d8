/** @module What the messages and assertions of SAML have in common: IDs, issuers, names, typed attributes, each with its limit. */
import { GatehouseError } from '../../spi/errors.ts';
import { attribute, children, textOf, type XmlElement } from '../xml/element.ts';
import { isNcName } from '../xml/names.ts';
import { entityNameIdFormat } from './constants.ts';

const maxUriLength = 2048;
/** saml-core §8.3.7 allows 256 for a persistent name; a mail address or distinguished name may be longer. */
export const maxNameLength = 1024;
/** It becomes a replay key and goes out again as InResponseTo. Peers write 33 to 65 characters. */
const maxIdLength = 256;

/** saml-core §1.3.4. @throws ERR_SAML_MALFORMED */
export function idOf(root: XmlElement): string {
  const id = attribute(root, 'ID');
  if (id === undefined || id.length > maxIdLength || !isNcName(id)) {
    throw malformed('The ID is missing, too long or not an NCName');
  }
  return id;
}

/** saml-profiles §4.1.4.1, §4.1.4.2: an issuer is there and is an entity. @throws ERR_SAML_MALFORMED */
export function issuerOf(element: XmlElement | undefined): string {
  const value = element === undefined ? undefined : textOf(element)?.trim();
  if (element === undefined || value === undefined || value === '' || value.length > maxNameLength) {
    throw malformed('The issuer is missing or not an entityID');
  }
  const format = attribute(element, 'Format');
  if (format !== undefined && format !== entityNameIdFormat) throw malformed('The issuer is not an entity');
  return value;
}

/** The only child of this name. @throws ERR_SAML_MALFORMED when there are two: two readers could take two different ones. */
export function single(parent: XmlElement, namespace: string, localName: string): XmlElement | undefined {
  const [first, second] = children(parent, namespace, localName);
  if (second !== undefined) throw malformed('An element comes twice');
  return first;
}

export function uriAttribute(element: XmlElement, name: string): string | undefined {
  const value = attribute(element, name)?.trim();
  if (value !== undefined && value.length > maxUriLength) throw malformed('A URI is too long');
  return value;
}

/** `undefined` only when the attribute is absent: one that cannot be read must not count as not there. */
export function optional<T>(value: string | undefined, parse: (text: string) => T | undefined): T | undefined {
  if (value === undefined) return undefined;
  const parsed = parse(value);
  if (parsed === undefined) throw malformed('An attribute has a value of another type');
  return parsed;
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) {
    throw new GatehouseError('ERR_SAML_MALFORMED', 'A required attribute is missing', { facts: { name } });
  }
  return value;
}

export function malformed(message: string): GatehouseError {
  return new GatehouseError('ERR_SAML_MALFORMED', message);
}

export function unsupported(message: string): GatehouseError {
  return new GatehouseError('ERR_SAML_UNSUPPORTED', message);
}
