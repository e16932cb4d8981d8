/** @module SOAP 1.1 envelopes around one SAML message (saml-bindings §3.2; SOAP 1.1 §4): read strictly, written with the answer or a fault. */
import { GatehouseError } from '../../spi/errors.ts';
import { childElements, children, isElement, type XmlElement } from '../xml/element.ts';
import { escapeAttribute, escapeText } from '../xml/escape.ts';
import { malformed } from './message-fields.ts';

export const soapNamespace = 'http://schemas.xmlsoap.org/soap/envelope/';

/** RFC 7303 did not change it: SOAP 1.1 §6 says `text/xml`. */
export const soapContentType = 'text/xml';

/** saml-bindings §3.2.3.1. */
export const soapAction = '"http://www.oasis-open.org/committees/security"';

export type SoapBody =
  | { readonly kind: 'message'; readonly element: XmlElement }
  /** `code` is the last part of the fault's name, such as `Server`. */
  | { readonly kind: 'fault'; readonly code: string };

/**
 * The one element in the body. A header that must be understood is refused, as none is; others are not looked at (SOAP 1.1 §4.2.3).
 * @throws ERR_SAML_MALFORMED
 */
export function readSoap(root: XmlElement): SoapBody {
  if (!isElement(root, soapNamespace, 'Envelope')) {
    throw refused(
      'The message is not a SOAP 1.1 envelope',
      root.localName === 'Envelope' ? 'VersionMismatch' : 'Client',
    );
  }
  const parts = childElements(root);
  const [header, body] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (header !== undefined && !isElement(header, soapNamespace, 'Header')) {
    throw malformed('The SOAP envelope has another shape than SAML allows');
  }
  if (header !== undefined && childElements(header).some(mustBeUnderstood)) {
    throw refused('A SOAP header must be understood and is not known', 'MustUnderstand');
  }
  if (body === undefined || parts.length > 2 || !isElement(body, soapNamespace, 'Body')) {
    throw malformed('The SOAP envelope has another shape than SAML allows');
  }
  const [element, second] = childElements(body);
  if (element === undefined || second !== undefined) throw malformed('The SOAP body does not hold one element');
  if (!isElement(element, soapNamespace, 'Fault')) return { kind: 'message', element };
  const [code] = children(element, '', 'faultcode');
  const text = code?.content.find((node) => typeof node === 'string') ?? '';
  return { kind: 'fault', code: text.split(':').at(-1)?.trim().slice(0, maxFaultCode) ?? '' };
}

/** The longest that SOAP 1.1 §4.4.1 defines has 15 characters. */
const maxFaultCode = 64;

function mustBeUnderstood(header: XmlElement): boolean {
  return header.attributes.some(
    ({ localName, namespace, value }) =>
      localName === 'mustUnderstand' && namespace === soapNamespace && value.trim() !== '0',
  );
}

/** SOAP 1.1 §4.4.1; `facts.soapFault` of an error that has another than `Client`. */
export type SoapFaultCode = 'VersionMismatch' | 'MustUnderstand' | 'Client' | 'Server';

function refused(message: string, soapFault: SoapFaultCode): GatehouseError {
  return new GatehouseError('ERR_SAML_MALFORMED', message, { facts: { soapFault } });
}

/**
 * @param message an element in canonical form, which declares what it uses.
 * @param headers the same; each says itself what it has to do with SOAP.
 */
export function writeSoap(message: string, headers = ''): string {
  const header = headers === '' ? '' : `<soap:Header>${headers}</soap:Header>`;
  return `<soap:Envelope xmlns:soap="${soapNamespace}">${header}<soap:Body>${message}</soap:Body></soap:Envelope>`;
}

export interface SoapFault {
  readonly code: SoapFaultCode;
  /** For people. */
  readonly text: string;
  /** For programs and support: what the pages show as well. */
  readonly error: string;
  readonly decision: string | undefined;
}

const faultNamespace = 'urn:gatehouse:fault';

/** A whole envelope (SOAP 1.1 §4.4). Faults about headers have no detail, as it would be about the body; so the text holds all of it. */
export function writeSoapFault({ code, text, error, decision }: SoapFault): string {
  const name = decision === undefined ? error : `${error}, decision ${decision}`;
  const id = decision === undefined ? '' : ` decision="${escapeAttribute(decision)}"`;
  const detail =
    code === 'Client' || code === 'Server'
      ? `<detail><fault xmlns="${faultNamespace}" code="${escapeAttribute(error)}"${id}></fault></detail>`
      : '';
  return writeSoap(
    `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeText(`${text} (${name})`)}</faultstring>${detail}</soap:Fault>`,
  );
}
