/** @module Writing a message for the HTTP-Redirect binding: DEFLATE, and a signature over the query (saml-bindings §3.4.4.1). */
import { deflateRawSync } from 'node:zlib';
import type { Signer } from '../../spi/signer.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { signatureMethods } from '../xml/algorithms.ts';

export interface RedirectInput {
  readonly parameter: 'SAMLRequest' | 'SAMLResponse';
  /** Without an enveloped signature. */
  readonly xml: string;
  readonly relayState?: string | undefined;
}

/** The address to send a browser to. What the location has of a query of its own stays in front. */
export async function buildRedirectUrl(location: string, input: RedirectInput, signer: Signer): Promise<string> {
  const message = encodeBase64(deflateRawSync(Buffer.from(input.xml, 'utf8')));
  const relayState = input.relayState === undefined ? '' : `&RelayState=${encodeURIComponent(input.relayState)}`;
  const algorithm = encodeURIComponent(signatureMethods[signer.algorithm].uri);
  const octets = `${input.parameter}=${encodeURIComponent(message)}${relayState}&SigAlg=${algorithm}`;
  const signature = encodeBase64(await signer.sign(Buffer.from(octets)));
  const mark = location.includes('?') ? '&' : '?';
  return `${location}${mark}${octets}&Signature=${encodeURIComponent(signature)}`;
}
