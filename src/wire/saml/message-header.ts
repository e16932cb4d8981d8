/** @module What every request and every response of SAML begins with (saml-core §3.2): version, ID, instant, issuer, destination. */
import { attribute, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { idOf, issuerOf, optional, required, single, unsupported, uriAttribute } from './message-fields.ts';
import { parseInstant } from './values.ts';

export interface MessageHeader {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly issueInstant: number;
  readonly issuer: string;
  readonly destination?: string;
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED for another version of SAML */
export function headerOf(root: XmlElement): MessageHeader {
  if (attribute(root, 'Version') !== '2.0') throw unsupported('The message is not one of SAML 2.0');
  const destination = uriAttribute(root, 'Destination');
  return {
    id: idOf(root),
    issueInstant: required(optional(attribute(root, 'IssueInstant'), parseInstant), 'IssueInstant'),
    issuer: issuerOf(single(root, samlNamespaces.saml, 'Issuer')),
    ...(destination === undefined ? {} : { destination }),
  };
}
