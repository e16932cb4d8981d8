/** @module How an answer gets to a partner through the browser: a form, an address with a signature, or an artifact (saml-bindings §3.4–3.6). */
import type { CarriedMessage } from '../../http/browser-message.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { buildRedirectUrl } from '../../wire/saml/redirect-writer.ts';
import type { Answer } from './answer.ts';
import type { Artifacts } from './artifacts.ts';
import type { Partner, SignerFor } from './partner.ts';

export type Carrier = (answer: Answer, partner: Partner) => Promise<CarriedMessage>;

/** What servers take in a request line without being told to; an assertion with a certificate in it is about half of that. */
const maxUrlCharacters = 8000;

/** @throws ERR_SAML_UNSUPPORTED when the answer is too long for an address */
export function createCarrier(options: { readonly artifacts: Artifacts; readonly signerFor: SignerFor }): Carrier {
  return async (answer, partner) => {
    const { acsUrl: url, xml, relayState } = answer;
    switch (answer.binding) {
      case 'HTTP-POST': {
        const message = { SAMLResponse: Buffer.from(xml, 'utf8').toString('base64') };
        return {
          method: 'POST',
          url,
          fields: relayState === undefined ? message : { ...message, RelayState: relayState },
        };
      }
      case 'HTTP-Artifact': {
        const artifact = encodeURIComponent(await options.artifacts.issue(xml, partner));
        const state = relayState === undefined ? '' : `&RelayState=${encodeURIComponent(relayState)}`;
        return { method: 'GET', url: `${url}${url.includes('?') ? '&' : '?'}SAMLart=${artifact}${state}` };
      }
      case 'HTTP-Redirect': {
        const input = { parameter: 'SAMLResponse', xml, relayState } as const;
        const address = await buildRedirectUrl(url, input, options.signerFor(partner));
        if (address.length <= maxUrlCharacters) return { method: 'GET', url: address };
        throw new GatehouseError('ERR_SAML_UNSUPPORTED', 'the answer is too long for an address: use HTTP-POST', {
          facts: { partner: partner.entityId, characters: address.length, maxUrlCharacters },
        });
      }
      default:
        return answer.binding satisfies never;
    }
  };
}
