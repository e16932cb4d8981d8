/** @module Questions about a person or an assertion (saml-core §3.3.2), and those to which the answer is always no, read into plain data. */
import { type DecryptionOptions, decryptElement } from '../xml/decrypt.ts';
import { attribute, child, children, isElement, textOf, type XmlElement } from '../xml/element.ts';
import { parseXml } from '../xml/parse.ts';
import type { ReadNameId } from './assertion.ts';
import { readNameId } from './assertion-reader.ts';
import { samlNamespaces } from './constants.ts';
import { malformed, maxNameLength, required, single, unsupported, uriAttribute } from './message-fields.ts';
import { headerOf, type MessageHeader } from './message-header.ts';

const { saml, samlp, ds } = samlNamespaces;

interface SignedHeader extends MessageHeader {
  /** True when the element carries a signature; never of what `verifyEnveloped` returns. */
  readonly hasSignature: boolean;
}

export interface WantedAttribute {
  readonly name: string;
  /** URI. Absent: any. */
  readonly nameFormat?: string;
  /** Empty: all of them. */
  readonly values: readonly string[];
}

export interface AttributeQuery extends SignedHeader {
  /** A `NameID` or `EncryptedID`. */
  readonly subject: XmlElement;
  /** True when the answer should say how the subject could be confirmed (saml-core §3.3.4). */
  readonly wantsConfirmation: boolean;
  /** Empty: everything. */
  readonly attributes: readonly WantedAttribute[];
}

export interface AssertionIdRequest extends SignedHeader {
  /** In the order of the request, each once. */
  readonly ids: readonly string[];
}

/** What partners may ask according to SAML, and nobody gets here. */
export const refusedQueries = [
  'NameIDMappingRequest',
  'ManageNameIDRequest',
  'AuthnQuery',
  'AuthzDecisionQuery',
] as const;
export type RefusedQueryKind = (typeof refusedQueries)[number];

export interface RefusedQuery extends SignedHeader {
  readonly kind: RefusedQueryKind;
  /** Of a NameIDMappingRequest: the person that it names, as it stands. */
  readonly subject?: XmlElement;
}

/** What a metadata document may ask for at most is as many. */
const maxAttributes = 256;
const maxValues = 256;
/** Each costs a look into the store. */
const maxIds = 32;

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version, BaseID) */
export function parseAttributeQuery(root: XmlElement): AttributeQuery {
  if (!isElement(root, samlp, 'AttributeQuery')) throw malformed('The message is not an AttributeQuery');
  const subject = required(single(root, saml, 'Subject'), 'Subject');
  const attributes = children(root, saml, 'Attribute');
  if (attributes.length > maxAttributes) throw malformed('The query asks for too many attributes');
  const wanted = attributes.map(wantedOf);
  // saml-core §3.3.2.3.
  if (new Set(wanted.map(({ name, nameFormat }) => JSON.stringify([name, nameFormat]))).size < wanted.length) {
    throw malformed('The query asks for an attribute twice');
  }
  return {
    ...signedHeaderOf(root),
    subject: nameIn(subject),
    wantsConfirmation: children(subject, saml, 'SubjectConfirmation').length > 0,
    attributes: wanted,
  };
}

function wantedOf(element: XmlElement): WantedAttribute {
  const name = attribute(element, 'Name')?.trim() ?? '';
  if (name === '' || name.length > maxNameLength) throw malformed('A wanted attribute has no name, or a long one');
  const nameFormat = uriAttribute(element, 'NameFormat');
  const values = children(element, saml, 'AttributeValue').map((value) => textOf(value));
  if (values.length > maxValues) throw malformed('The query names too many values');
  return {
    name,
    ...(nameFormat === undefined ? {} : { nameFormat }),
    values: values.filter((value) => value !== undefined),
  };
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED */
export function parseAssertionIdRequest(root: XmlElement): AssertionIdRequest {
  if (!isElement(root, samlp, 'AssertionIDRequest')) throw malformed('The message is not an AssertionIDRequest');
  const ids = children(root, saml, 'AssertionIDRef').map((one) => textOf(one)?.trim() ?? '');
  if (ids.length > maxIds || ids.some((id) => id === '' || id.length > maxNameLength)) {
    throw malformed('The assertions asked for are too many, or one has no ID');
  }
  return { ...signedHeaderOf(root), ids: [...new Set(ids)] };
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED */
export function parseRefusedQuery(root: XmlElement): RefusedQuery {
  const kind = refusedQueries.find((name) => isElement(root, samlp, name));
  if (kind === undefined) throw unsupported('Messages of this kind are not taken here');
  const header = { ...signedHeaderOf(root), kind };
  return kind === 'NameIDMappingRequest' ? { ...header, subject: nameIn(root) } : header;
}

function signedHeaderOf(root: XmlElement): SignedHeader {
  return { ...headerOf(root), hasSignature: child(root, ds, 'Signature') !== undefined };
}

function nameIn(parent: XmlElement): XmlElement {
  if (child(parent, saml, 'BaseID') !== undefined) throw unsupported('The person is named by an extension of SAML');
  const [plain, encrypted] = [single(parent, saml, 'NameID'), single(parent, saml, 'EncryptedID')];
  const name = plain ?? encrypted;
  if (name === undefined || (plain !== undefined && encrypted !== undefined)) {
    throw malformed('The message names one person, in the clear or encrypted');
  }
  return name;
}

/**
 * The name itself; an encrypted one is opened with our keys (saml-core §2.2.4). Ask after the signature has been verified.
 * `undefined`: it bears what no name of ours has.
 * @throws ERR_XML_ENCRYPTION, ERR_SAML_MALFORMED, ERR_XML_*
 */
export function subjectNameOf(subject: XmlElement, decryption: DecryptionOptions): ReadNameId | undefined {
  const isPlain = isElement(subject, saml, 'NameID');
  const element = isPlain ? subject : parseXml(decryptElement(subject, decryption));
  const name = readNameId(element);
  return attribute(element, 'SPProvidedID') === undefined ? name : undefined;
}
