/** @module Writing one assertion (saml-core §2.3.3): its name or attributes encrypted, signed, then encrypted itself (saml-core §6.2). */
import type { Signer } from '../../spi/signer.ts';
import { signEnveloped } from '../xml/sign.ts';
import { type CanonicalXml, element, type OutElement, signatureSlot, writeAroundSignature } from '../xml/writer.ts';
import { bearerConfirmation, entityNameIdFormat, samlNamespaces } from './constants.ts';
import { formatInstant } from './values.ts';

export interface SamlAttribute {
  readonly name: string;
  readonly nameFormat: string;
  readonly friendlyName?: string;
  readonly values: readonly string[];
}

export interface SubjectNameId {
  /** Absent only where a name is given back as it was asked about: then it is an `unspecified` one. */
  readonly format?: string;
  readonly value: string;
  readonly nameQualifier?: string;
  readonly spNameQualifier?: string;
}

/** Encrypts an element in canonical form for the partner. */
export type EncryptFor = (xml: string) => CanonicalXml;

/** Instants are milliseconds since the epoch. */
export interface AssertionInput {
  /** An NCName that nobody can guess. */
  readonly assertionId: string;
  readonly now: number;
  /** Our entityID. */
  readonly issuer: string;
  /** The partner's entityID. */
  readonly audience: string;
  readonly nameId: SubjectNameId;
  readonly notBefore: number;
  readonly notOnOrAfter: number;
  /** Whoever reads the assertion must not keep it (saml-core §2.5.1.5). */
  readonly oneTimeUse?: boolean;
  /** Whoever brings it may be taken for the subject, there. Absent: nobody may. */
  readonly bearer?: { readonly recipient: string; readonly inResponseTo?: string | undefined };
  /** Absent: nothing is said about a login. */
  readonly login?: {
    readonly authnInstant: number;
    readonly authnContextClassRef: string;
    readonly sessionNotOnOrAfter: number;
    /** Absent: there is no session that a logout could end. */
    readonly sessionIndex?: string | undefined;
  };
  /** Values are written without a type, as text; an attribute without values is left out. */
  readonly attributes: readonly SamlAttribute[];
  readonly isSigned: boolean;
  /** Encrypts the whole, after it has been signed (saml-core §6.2). Absent: it is sent as it is; so below. */
  readonly encrypt?: EncryptFor | undefined;
  /** These two come before the signature, which then covers what was encrypted (saml-core §6.2). */
  readonly encryptNameId?: EncryptFor | undefined;
  readonly encryptAttributes?: EncryptFor | undefined;
}

/** An `Assertion` or an `EncryptedAssertion`. @throws ERR_XML_FORBIDDEN */
export async function issueAssertion(input: AssertionInput, signer: Signer): Promise<CanonicalXml> {
  const written = writeAroundSignature(assertionOf(input), samlNamespaces);
  const xml = input.isSigned ? await signEnveloped(written, input.assertionId, signer) : written.head + written.tail;
  if (input.encrypt === undefined) return { kind: 'canonical', xml };
  return { kind: 'canonical', xml: canonical(element('saml:EncryptedAssertion', [], input.encrypt(xml))) };
}

export function issuerOf(entityId: string): OutElement {
  return element('saml:Issuer', [['Format', entityNameIdFormat]], entityId);
}

function assertionOf(input: AssertionInput): OutElement {
  const { login, encryptAttributes } = input;
  const attributes = input.attributes.filter((one) => one.values.length > 0).map(attributeOf);
  return element(
    'saml:Assertion',
    [
      ['ID', input.assertionId],
      ['IssueInstant', formatInstant(input.now)],
      ['Version', '2.0'],
    ],
    issuerOf(input.issuer),
    signatureSlot,
    subjectOf(input),
    element(
      'saml:Conditions',
      [
        ['NotBefore', formatInstant(input.notBefore)],
        ['NotOnOrAfter', formatInstant(input.notOnOrAfter)],
      ],
      element('saml:AudienceRestriction', [], element('saml:Audience', [], input.audience)),
      ...(input.oneTimeUse === true ? [element('saml:OneTimeUse', [])] : []),
    ),
    ...(login === undefined ? [] : [authnStatementOf(login)]),
    ...(attributes.length === 0
      ? []
      : [
          element(
            'saml:AttributeStatement',
            [],
            ...attributes.map((one) => sealed('saml:EncryptedAttribute', one, encryptAttributes)),
          ),
        ]),
  );
}

function authnStatementOf(login: NonNullable<AssertionInput['login']>): OutElement {
  return element(
    'saml:AuthnStatement',
    [
      ['AuthnInstant', formatInstant(login.authnInstant)],
      ['SessionIndex', login.sessionIndex],
      ['SessionNotOnOrAfter', formatInstant(login.sessionNotOnOrAfter)],
    ],
    element('saml:AuthnContext', [], element('saml:AuthnContextClassRef', [], login.authnContextClassRef)),
  );
}

function subjectOf({ nameId, bearer, notOnOrAfter, encryptNameId }: AssertionInput): OutElement {
  const name = nameIdElement(nameId);
  return element(
    'saml:Subject',
    [],
    sealed('saml:EncryptedID', name, encryptNameId),
    ...(bearer === undefined
      ? []
      : [
          element(
            'saml:SubjectConfirmation',
            [['Method', bearerConfirmation]],
            element('saml:SubjectConfirmationData', [
              ['InResponseTo', bearer.inResponseTo],
              ['NotOnOrAfter', formatInstant(notOnOrAfter)],
              ['Recipient', bearer.recipient],
            ]),
          ),
        ]),
  );
}

function nameIdElement({ format, nameQualifier, spNameQualifier, value }: SubjectNameId): OutElement {
  return element(
    'saml:NameID',
    [
      ['Format', format],
      ['NameQualifier', nameQualifier],
      ['SPNameQualifier', spNameQualifier],
    ],
    value,
  );
}

function attributeOf(one: SamlAttribute): OutElement {
  return element(
    'saml:Attribute',
    [
      ['FriendlyName', one.friendlyName],
      ['Name', one.name],
      ['NameFormat', one.nameFormat],
    ],
    // Without xsi:type: every peer takes that for a string, and no namespace prefix has to be kept alive in content.
    // Directories hold addresses with CR LF; XML knows one line end.
    ...one.values.map((value) => element('saml:AttributeValue', [], value.replace(/\r\n?/g, '\n'))),
  );
}

/** The recipient finds an element that declares what it uses. */
function sealed(container: string, node: OutElement, encrypt: EncryptFor | undefined): OutElement {
  return encrypt === undefined ? node : element(container, [], encrypt(canonical(node)));
}

function canonical(node: OutElement): string {
  return writeAroundSignature(node, samlNamespaces).head;
}
