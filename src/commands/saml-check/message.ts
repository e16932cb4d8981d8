/** @module A message as people have it, told apart: XML, base64, a form, the query or URL of a redirect, a browser's recording. */
import { GatehouseError } from '../../spi/errors.ts';
import { decodeWrappedBase64 } from '../../wire/encoding/base64.ts';
import { inflateRaw } from '../../wire/encoding/inflate.ts';
import { decodeUtf8 } from '../../wire/encoding/utf8.ts';
import { type DecodedRedirect, decodePost, decodeRedirect, maxInflatedBytes } from '../../wire/saml/bindings.ts';
import { recordedQuery } from './recording.ts';
import type { SamlCase } from './saml-case.ts';

export type Arrived =
  | { readonly binding: 'HTTP-POST'; readonly xml: string; readonly relayState?: string }
  | { readonly binding: 'HTTP-Redirect'; readonly message: DecodedRedirect };

/** A query names its parameter; base64 alone never holds a less-than sign or an equals sign in the middle. */
const queryPattern = /(?:^|[?&])SAML(?:Request|Response)=/;
const base64Pattern = /^[A-Za-z0-9+/=_\s-]*$/;
/** Base64 as it stands in a form or a query. */
const escapedPattern = /^(?:[A-Za-z0-9+/=_\s-]|%(?:2[BbFf]|3[Dd]|0[AaDd]|20))*$/;

/**
 * @throws ERR_SAML_MALFORMED, ERR_REQUEST_TOO_LARGE, ERR_XML_MALFORMED (not UTF-8): what the endpoints say of it.
 */
export function arrivedMessage(bytes: Uint8Array, one: Pick<SamlCase, 'as' | 'binding'>): Arrived {
  const latin1 = Buffer.from(bytes).toString('latin1').trim();
  if (latin1 === '') throw new GatehouseError('ERR_SAML_MALFORMED', 'The message is empty');
  const text = recordedQuery(latin1, one.as) ?? latin1;
  const { binding } = one;
  if (isQuery(text)) {
    const posted = binding === 'redirect' ? undefined : postedIn(text);
    return posted ?? { binding: 'HTTP-Redirect', message: decodeRedirect(queryIn(text)) };
  }
  if (binding === 'redirect') return byRedirect(text, one.as);
  if (base64Pattern.test(text)) return byValue(text, binding, one.as);
  if (escapedPattern.test(text)) return byValue(decodeURIComponent(text), binding, one.as);
  return { binding: 'HTTP-POST', xml: decodeUtf8(bytes) };
}

function isQuery(text: string): boolean {
  return !text.startsWith('<') && queryPattern.test(text);
}

/** The query itself, or that of a URL. */
function queryIn(text: string): string {
  const mark = text.indexOf('?');
  const query = mark < 0 ? text : text.slice(mark + 1);
  return query.split('#', 1)[0] ?? '';
}

/** The bare value of the parameter. */
function byRedirect(value: string, as: SamlCase['as']): Arrived {
  const parameter = as === 'sp' ? 'SAMLResponse' : 'SAMLRequest';
  return { binding: 'HTTP-Redirect', message: decodeRedirect(`${parameter}=${encodeURIComponent(value)}`) };
}

function byValue(value: string, binding: SamlCase['binding'], as: SamlCase['as']): Arrived {
  const isDeflated = binding === undefined && isDeflatedXml(value);
  return isDeflated ? byRedirect(value.replace(/\s/g, ''), as) : { binding: 'HTTP-POST', xml: decodePost(value) };
}

/** A bare value says by its first octets whether it was compressed: nothing that is XML inflates. */
function isDeflatedXml(value: string): boolean {
  const bytes = decodeWrappedBase64(value);
  return bytes !== undefined && inflateRaw(bytes, maxInflatedBytes).status !== 'malformed';
}

/** A form's body looks like a query; what it carries was not compressed. */
function postedIn(text: string): Arrived | undefined {
  if (text.includes('?')) return undefined;
  const fields = new URLSearchParams(text);
  const value = fields.get('SAMLResponse') ?? fields.get('SAMLRequest') ?? '';
  // A blank is what a plus sign becomes that nobody has escaped.
  const message = value.replaceAll(' ', '+');
  if (!base64Pattern.test(message) || isDeflatedXml(message) || fields.has('SigAlg')) return undefined;
  const relayState = fields.get('RelayState');
  return { binding: 'HTTP-POST', xml: decodePost(message), ...(relayState === null ? {} : { relayState }) };
}
