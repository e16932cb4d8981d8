/** @module Reading an assertion (saml-core §2.3.3) into plain data, from an element that a signature covers. */
import { attribute, childElements, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import type {
  Assertion,
  AuthnStatement,
  Conditions,
  ReadAttribute,
  ReadNameId,
  SubjectConfirmation,
} from './assertion.ts';
import { samlNamespaces } from './constants.ts';
import {
  idOf,
  issuerOf,
  malformed,
  maxNameLength,
  optional,
  required,
  single,
  unsupported,
  uriAttribute,
} from './message-fields.ts';
import { parseInstant } from './values.ts';

/** Opens what holds `xenc:EncryptedData`. @throws ERR_XML_ENCRYPTION */
export type OpenEncrypted = (container: XmlElement) => XmlElement;

const { saml } = samlNamespaces;

/** More than any subject has ways to be confirmed, or any service has names. */
const maxConfirmations = 16;
const maxAudiences = 64;
/** Some directories release every group of a person; one that is in a thousand groups has them in one attribute. */
const maxAttributes = 512;

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version, BaseID), ERR_XML_ENCRYPTION */
export function parseAssertion(element: XmlElement, open: OpenEncrypted): Assertion {
  if (!isElement(element, saml, 'Assertion')) throw malformed('What should be an assertion is something else');
  if (attribute(element, 'Version') !== '2.0') throw unsupported('The assertion is not one of SAML 2.0');
  const subject = required(single(element, saml, 'Subject'), 'Subject');
  const nameId = nameIdOf(subject, open);
  const conditions = single(element, saml, 'Conditions');
  const confirmations = children(subject, saml, 'SubjectConfirmation');
  if (confirmations.length > maxConfirmations) throw malformed('The subject is confirmed in too many ways');
  return {
    id: idOf(element),
    issueInstant: required(instant(element, 'IssueInstant'), 'IssueInstant'),
    issuer: issuerOf(single(element, saml, 'Issuer')),
    ...(nameId === undefined ? {} : { nameId }),
    confirmations: confirmations.map(confirmationOf),
    ...(conditions === undefined ? {} : { conditions: conditionsOf(conditions) }),
    authnStatements: children(element, saml, 'AuthnStatement').map(authnStatementOf),
    attributes: attributesOf(element, open),
  };
}

function nameIdOf(subject: XmlElement, open: OpenEncrypted): ReadNameId | undefined {
  if (single(subject, saml, 'BaseID') !== undefined) throw unsupported('The subject is a BaseID');
  const clear = single(subject, saml, 'NameID');
  const encrypted = single(subject, saml, 'EncryptedID');
  if (clear !== undefined && encrypted !== undefined) throw malformed('The subject has two names');
  if (encrypted !== undefined) return readNameId(open(encrypted));
  return clear === undefined ? undefined : readNameId(clear);
}

/** @throws ERR_SAML_MALFORMED */
export function readNameId(element: XmlElement): ReadNameId {
  const value = isElement(element, saml, 'NameID') ? textOf(element) : undefined;
  if (value === undefined || value.trim() === '' || value.length > maxNameLength) {
    throw malformed('The subject is not a name');
  }
  const format = uriAttribute(element, 'Format');
  const nameQualifier = attribute(element, 'NameQualifier');
  const spNameQualifier = attribute(element, 'SPNameQualifier');
  return {
    value,
    ...(format === undefined ? {} : { format }),
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
  };
}

function confirmationOf(element: XmlElement): SubjectConfirmation {
  const method = required(uriAttribute(element, 'Method'), 'Method');
  const namesAnother = ['BaseID', 'NameID', 'EncryptedID'].some((name) => children(element, saml, name).length > 0);
  const data = single(element, saml, 'SubjectConfirmationData');
  if (data === undefined) return { method, namesAnother };
  const notBefore = instant(data, 'NotBefore');
  const notOnOrAfter = instant(data, 'NotOnOrAfter');
  const recipient = uriAttribute(data, 'Recipient');
  const inResponseTo = attribute(data, 'InResponseTo');
  return {
    method,
    namesAnother,
    data: {
      ...(notBefore === undefined ? {} : { notBefore }),
      ...(notOnOrAfter === undefined ? {} : { notOnOrAfter }),
      ...(recipient === undefined ? {} : { recipient }),
      ...(inResponseTo === undefined ? {} : { inResponseTo }),
    },
  };
}

function conditionsOf(element: XmlElement): Conditions {
  const notBefore = instant(element, 'NotBefore');
  const notOnOrAfter = instant(element, 'NotOnOrAfter');
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  const unknown = childElements(element).filter(
    ({ namespace, localName }) => namespace !== saml || !known.includes(localName),
  );
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notOnOrAfter === undefined ? {} : { notOnOrAfter }),
    audienceRestrictions: children(element, saml, 'AudienceRestriction').map(audiencesOf),
    // Twice is against saml-core §2.5.1.5; whoever says it twice wants it all the more.
    oneTimeUse: children(element, saml, 'OneTimeUse').length > 0,
    unknown: unknown.map(({ localName }) => localName),
  };
}

function audiencesOf(element: XmlElement): readonly string[] {
  const audiences = children(element, saml, 'Audience').map((one) => textOf(one)?.trim() ?? '');
  if (audiences.length > maxAudiences) throw malformed('The assertion is for too many audiences');
  return audiences;
}

function authnStatementOf(element: XmlElement): AuthnStatement {
  const sessionIndex = attribute(element, 'SessionIndex');
  const sessionNotOnOrAfter = instant(element, 'SessionNotOnOrAfter');
  const context = single(element, saml, 'AuthnContext');
  const classRef = context && single(context, saml, 'AuthnContextClassRef');
  const text = classRef && textOf(classRef)?.trim();
  if (sessionIndex !== undefined && sessionIndex.length > maxNameLength) throw malformed('SessionIndex is too long');
  return {
    authnInstant: required(instant(element, 'AuthnInstant'), 'AuthnInstant'),
    ...(sessionIndex === undefined ? {} : { sessionIndex }),
    ...(sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter }),
    ...(text === undefined || text === '' ? {} : { classRef: text }),
  };
}

function attributesOf(assertion: XmlElement, open: OpenEncrypted): readonly ReadAttribute[] {
  const elements = children(assertion, saml, 'AttributeStatement').flatMap((statement) =>
    childElements(statement).filter(
      (one) => isElement(one, saml, 'Attribute') || isElement(one, saml, 'EncryptedAttribute'),
    ),
  );
  if (elements.length > maxAttributes) throw malformed('The assertion has too many attributes');
  return elements.map((one) => readAttribute(one.localName === 'Attribute' ? one : open(one)));
}

function readAttribute(element: XmlElement): ReadAttribute {
  if (!isElement(element, saml, 'Attribute')) throw malformed('What should be an attribute is something else');
  const name = attribute(element, 'Name') ?? '';
  if (name === '' || name.length > maxNameLength) throw malformed('An attribute has no name, or one that is too long');
  const nameFormat = uriAttribute(element, 'NameFormat');
  const friendlyName = attribute(element, 'FriendlyName');
  return {
    name,
    ...(nameFormat === undefined ? {} : { nameFormat }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    values: children(element, saml, 'AttributeValue').flatMap(readValue),
  };
}

const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';

/** Some attributes, such as eduPersonTargetedID, hold a NameID in place of text. */
function readValue(element: XmlElement): readonly string[] {
  const nil = attribute(element, 'nil', schemaInstance)?.trim();
  if (nil === 'true' || nil === '1') return [];
  const text = textOf(element);
  if (text !== undefined) return [text];
  const [nameId, second] = childElements(element);
  const name = nameId && isElement(nameId, saml, 'NameID') && second === undefined ? textOf(nameId) : undefined;
  return name === undefined ? [] : [name];
}

function instant(element: XmlElement, name: string): number | undefined {
  return optional(attribute(element, name), parseInstant);
}
