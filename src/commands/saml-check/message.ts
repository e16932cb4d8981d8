/** @module A message as people have it, told apart: XML, base64, the query or URL of a redirect. */
import { GatehouseError } from '../../spi/errors.ts';
import { decodeUtf8 } from '../../wire/encoding/utf8.ts';
import { type DecodedRedirect, decodePost, decodeRedirect } from '../../wire/saml/bindings.ts';
import type { SamlCase } from './saml-case.ts';

export type Arrived =
  | { readonly binding: 'HTTP-POST'; readonly xml: string }
  | { readonly binding: 'HTTP-Redirect'; readonly message: DecodedRedirect };

/** A query names its parameter; base64 alone never holds a less-than sign or an equals sign in the middle. */
const queryPattern = /(?:^|[?&])SAML(?:Request|Response)=/;
const base64Pattern = /^[A-Za-z0-9+/=_\s-]*$/;

/**
 * @throws ERR_SAML_MALFORMED, ERR_REQUEST_TOO_LARGE, ERR_XML_MALFORMED (not UTF-8): what the endpoints say of it.
 */
export function arrivedMessage(bytes: Uint8Array, { as, binding }: Pick<SamlCase, 'as' | 'binding'>): Arrived {
  const latin1 = Buffer.from(bytes).toString('latin1').trim();
  if (binding === 'redirect' || (binding === undefined && isQuery(latin1))) {
    return { binding: 'HTTP-Redirect', message: decodeRedirect(queryOf(latin1, as)) };
  }
  if (latin1 !== '' && base64Pattern.test(latin1)) return { binding: 'HTTP-POST', xml: decodePost(latin1) };
  if (latin1 === '') throw new GatehouseError('ERR_SAML_MALFORMED', 'The message is empty');
  return { binding: 'HTTP-POST', xml: decodeUtf8(bytes) };
}

function isQuery(text: string): boolean {
  return !text.startsWith('<') && queryPattern.test(text);
}

/** The query itself, that of a URL, or one around the bare value of its parameter. */
function queryOf(text: string, as: 'sp' | 'idp'): string {
  if (!isQuery(text)) return `${as === 'sp' ? 'SAMLResponse' : 'SAMLRequest'}=${encodeURIComponent(text)}`;
  const mark = text.indexOf('?');
  const query = mark < 0 ? text : text.slice(mark + 1);
  return query.split('#', 1)[0] ?? '';
}
