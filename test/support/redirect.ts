/** @module Writing the query of the HTTP-Redirect binding, as a service provider does. */
import { deflateRawSync } from 'node:zlib';
import type { Signer } from '../../src/spi/signer.ts';
import { encodeBase64 } from '../../src/wire/encoding/base64.ts';
import { signatureMethods } from '../../src/wire/xml/algorithms.ts';

export function redirectQuery(xml: string | Uint8Array, relayState?: string, parameter = 'SAMLRequest'): string {
  const message = encodeURIComponent(deflateRawSync(xml, { level: 9 }).toString('base64'));
  return `${parameter}=${message}${relayState === undefined ? '' : `&RelayState=${encodeURIComponent(relayState)}`}`;
}

export async function signedRedirectQuery(xml: string, signer: Signer, relayState?: string): Promise<string> {
  const octets = `${redirectQuery(xml, relayState)}&SigAlg=${encodeURIComponent(signatureMethods[signer.algorithm].uri)}`;
  return `${octets}&Signature=${encodeURIComponent(encodeBase64(await signer.sign(Buffer.from(octets))))}`;
}
