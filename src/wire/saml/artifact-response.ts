/** @module Reading an ArtifactResponse (saml-core §3.5.2): the message that an artifact stood for. */
import { child, childElements, isElement, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { malformed, required, single, uriAttribute } from './message-fields.ts';
import { headerOf, type MessageHeader } from './message-header.ts';
import { type ReadStatus, statusOf } from './status-reader.ts';

const { saml, samlp, ds } = samlNamespaces;

export interface ArtifactResponse extends MessageHeader {
  /** ID of the ArtifactResolve. */
  readonly inResponseTo: string;
  readonly status: ReadStatus;
  /** Absent where there is none any more: used, too old, or another's. */
  readonly message?: XmlElement;
  /** True when the element carries a signature; never of what `verifyEnveloped` returns. */
  readonly hasSignature: boolean;
}

/** @throws ERR_SAML_MALFORMED, ERR_SAML_UNSUPPORTED (another version) */
export function parseArtifactResponse(root: XmlElement): ArtifactResponse {
  if (!isElement(root, samlp, 'ArtifactResponse')) throw malformed('The message is not an ArtifactResponse');
  const status = statusOf(required(single(root, samlp, 'Status'), 'Status'));
  const [message, second] = childElements(root).filter((one) => !isOwnPart(one));
  if (second !== undefined) throw malformed('An ArtifactResponse holds one message');
  return {
    ...headerOf(root),
    inResponseTo: required(uriAttribute(root, 'InResponseTo'), 'InResponseTo'),
    status,
    ...(message === undefined ? {} : { message }),
    hasSignature: child(root, ds, 'Signature') !== undefined,
  };
}

/** What every response has, in the order of the schema; the one element beside them is the message. */
function isOwnPart(element: XmlElement): boolean {
  return (
    isElement(element, saml, 'Issuer') ||
    isElement(element, ds, 'Signature') ||
    isElement(element, samlp, 'Extensions') ||
    isElement(element, samlp, 'Status')
  );
}
