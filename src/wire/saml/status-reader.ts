/** @module Reading the status of a response (saml-core §3.2.2). */
import { attribute, textOf, type XmlElement } from '../xml/element.ts';
import { samlNamespaces } from './constants.ts';
import { malformed, maxNameLength, single } from './message-fields.ts';

/** saml-core §3.2.2: two levels; what is below says nothing more to anybody. */
export interface ReadStatus {
  readonly code: string;
  readonly subCode?: string;
  /** For people, by whoever sent it. */
  readonly message?: string;
}

const { samlp } = samlNamespaces;

const maxStatusMessage = 1024;

/** @param element a `samlp:Status`. @throws ERR_SAML_MALFORMED */
export function statusOf(element: XmlElement): ReadStatus {
  const outer = single(element, samlp, 'StatusCode');
  if (outer === undefined) throw malformed('The status has no code');
  const inner = single(outer, samlp, 'StatusCode');
  const message = single(element, samlp, 'StatusMessage');
  const subCode = inner && codeOf(inner);
  const text = message && textOf(message)?.slice(0, maxStatusMessage);
  return {
    code: codeOf(outer),
    ...(subCode === undefined ? {} : { subCode }),
    ...(text === undefined ? {} : { message: text }),
  };
}

function codeOf(element: XmlElement): string {
  const value = attribute(element, 'Value')?.trim() ?? '';
  if (value === '' || value.length > maxNameLength) throw malformed('A status code is missing or too long');
  return value;
}
