/** @module Questions that a partner asks over SOAP, not through a browser: signed always, for us, fresh, asked once. */

import type { RequestUse } from '../../saml/request-use.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { MessageHeader } from '../../wire/saml/message-header.ts';
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import type { XmlElement } from '../../wire/xml/element.ts';
import { verifyEnveloped } from '../../wire/xml/verify.ts';
import type { Partner } from './partner.ts';
import type { Partners } from './partners.ts';

export interface SignedQueryOptions {
  readonly partners: Partners;
  readonly clock: Clock;
  readonly requestUse: RequestUse;
  readonly clockSkewMs: number;
  readonly validateSchema: (xml: string) => Promise<void>;
  /** Told of each partner whose signature was verified. */
  readonly verified?: (entityId: string) => void;
}

export interface ArrivedQuery {
  /** The SOAP envelope: an ID in it may not come twice. */
  readonly document: XmlElement;
  readonly message: XmlElement;
}

export interface AcceptedQuery<T> {
  readonly partner: Partner;
  readonly query: T;
}

/** A question is made for one connection. */
const maxAgeMs = 5 * 60_000;

export interface SignedQueries {
  /**
   * The partner is whoever has signed, whatever connection it came over (saml-bindings §3.2.2.1).
   * @param address ours; what names another one was not meant for us
   * @throws ERR_XML_*, ERR_SAML_*
   */
  accept<T extends MessageHeader & { readonly hasSignature: boolean }>(
    arrived: ArrivedQuery,
    parse: (message: XmlElement) => T,
    address: string,
  ): Promise<AcceptedQuery<T>>;
}

export function createSignedQueries(options: SignedQueryOptions): SignedQueries {
  const { partners, clock, clockSkewMs } = options;
  return {
    async accept({ document, message }, parse, address) {
      const claimed = parse(message);
      const partner = await partners.find(claimed.issuer, clock.now());
      const facts = { partner: partner.entityId };
      if (!claimed.hasSignature) {
        throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'a question over SOAP must be signed', { facts });
      }
      if (partner.signingKeys.length === 0) {
        throw new GatehouseError(
          'ERR_SAML_SIGNATURE_INVALID',
          "the request is signed, but the partner's metadata holds no key",
          { facts },
        );
      }
      const query = parse(verifyEnveloped(document, message, partner.signingKeys));
      await options.validateSchema(canonicalize(message));
      if (query.destination !== undefined && query.destination !== address) {
        throw new GatehouseError('ERR_SAML_DESTINATION', 'the request was made for another address', { facts });
      }
      const age = clock.now() - query.issueInstant;
      if (age > maxAgeMs + clockSkewMs || age < -clockSkewMs) {
        throw new GatehouseError('ERR_SAML_EXPIRED', 'IssueInstant is too old or in the future', {
          facts: { ...facts, ageMs: age },
        });
      }
      await options.requestUse.use({ partner: partner.entityId, id: query.id });
      options.verified?.(partner.entityId);
      return { partner, query };
    },
  };
}
