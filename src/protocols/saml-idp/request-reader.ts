/** @module From an AuthnRequest on the wire to a request that may be answered: every check, in the order in which trust grows. */

import type { RequestUse } from '../../saml/request-use.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { type AuthnRequest, parseAuthnRequest } from '../../wire/saml/authn-request.ts';
import { type DecodedRedirect, type RedirectSignature, verifyRedirectSignature } from '../../wire/saml/bindings.ts';
import type { XmlElement } from '../../wire/xml/element.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { verifyEnveloped } from '../../wire/xml/verify.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { consumerServiceOf } from './consumer-service.ts';
import { demandsOf } from './demands.ts';
import type { Partner } from './partner.ts';
import type { Partners } from './partners.ts';

/** A request as it arrived by one of the two front-channel bindings. */
export type ArrivedRequest =
  | { readonly binding: 'HTTP-Redirect'; readonly message: DecodedRedirect }
  | { readonly binding: 'HTTP-POST'; readonly xml: string; readonly relayState?: string | undefined };

export interface RequestCheckOptions {
  readonly partners: Partners;
  readonly clock: Clock;
  readonly clockSkewMs: number;
  /** The schema wall: throws ERR_XML_SCHEMA. */
  readonly validateSchema: (xml: string) => Promise<void>;
  /** Told of each partner whose signature was verified. */
  readonly verified?: (entityId: string) => void;
}

export interface RequestReaderOptions extends RequestCheckOptions {
  readonly requestUse: RequestUse;
  readonly entityId: string;
  /** The URL of our SSO endpoint, as metadata names it. */
  readonly ssoUrl: string;
}

/** An AuthnRequest is made for one redirect; one that is older than this was kept by somebody. */
export const maxRequestAgeMs = 5 * 60_000;

export type RequestReader = (arrived: ArrivedRequest) => Promise<AcceptedRequest>;

/** @throws ERR_XML_* and ERR_SAML_*; nothing has changed then. */
export function createRequestReader(options: RequestReaderOptions): RequestReader {
  return async (arrived) => {
    const xml = textOfMessage(arrived);
    const document = parseXml(xml);
    const { partner, request } = await checkedRequest(options, {
      document,
      message: document,
      xml,
      address: options.ssoUrl,
      detached: arrived.binding === 'HTTP-Redirect' ? arrived.message.signature : undefined,
      mustNameAddress: true,
    });
    const service = consumerServiceOf(partner, partner.assertionConsumerServices.browser, request);
    await options.requestUse.checkUnused({ partner: partner.entityId, id: request.id });
    return {
      partner: partner.entityId,
      id: request.id,
      acsUrl: service.location,
      binding: service.binding,
      relayState: arrived.binding === 'HTTP-Redirect' ? arrived.message.relayState : arrived.relayState,
      ...demandsOf(request, partner, options.entityId, options.clock.now()),
    };
  };
}

export interface RequestArrival {
  /** What the message stands in: itself, or a SOAP envelope. */
  readonly document: XmlElement;
  readonly message: XmlElement;
  /** The message as text, for the schema. */
  readonly xml: string;
  /** Where it arrived, as metadata names it. */
  readonly address: string;
  /** The signature that stands beside the message. */
  readonly detached?: RedirectSignature | undefined;
  /** Whether a signed message has to say whom it is for (saml-bindings §3.4.5.2, §3.5.5.2); one over SOAP need not. */
  readonly mustNameAddress: boolean;
}

export interface CheckedRequest {
  readonly partner: Partner;
  readonly request: AuthnRequest;
  /** True when a signature of the partner was verified. */
  readonly isSigned: boolean;
}

/** Everything that does not depend on where the answer goes. @throws ERR_XML_* and ERR_SAML_* */
export async function checkedRequest(options: RequestCheckOptions, arrival: RequestArrival): Promise<CheckedRequest> {
  const { partners, clock, clockSkewMs } = options;
  const claimed = parseAuthnRequest(arrival.message);
  const partner = await partners.find(claimed.issuer, clock.now());
  const facts = { partner: partner.entityId };
  const request = verified(arrival, partner, claimed);
  await options.validateSchema(arrival.xml);
  if (request.destination !== undefined && request.destination !== arrival.address) {
    throw new GatehouseError('ERR_SAML_DESTINATION', 'the request was made for another address', { facts });
  }
  const age = clock.now() - request.issueInstant;
  if (age > maxRequestAgeMs + clockSkewMs || age < -clockSkewMs) {
    throw new GatehouseError('ERR_SAML_EXPIRED', 'IssueInstant is too old or in the future', {
      facts: { ...facts, ageMs: age },
    });
  }
  const isSigned = arrival.detached !== undefined || claimed.hasSignature;
  if (isSigned) options.verified?.(partner.entityId);
  return { partner, request, isSigned };
}

function textOfMessage(arrived: ArrivedRequest): string {
  if (arrived.binding === 'HTTP-POST') return arrived.xml;
  if (arrived.message.parameter !== 'SAMLRequest') {
    throw new GatehouseError('ERR_SAML_MALFORMED', 'a response was sent to where requests are read');
  }
  return arrived.message.xml;
}

/** A signature that is there is always checked; one that is not is missed only where it is required. */
function verified(arrival: RequestArrival, partner: Partner, claimed: AuthnRequest): AuthnRequest {
  const facts = { partner: partner.entityId };
  const { detached, document, message } = arrival;
  if (detached === undefined && !claimed.hasSignature) {
    if (!partner.requiresSignedRequests) return claimed;
    throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'requests of this partner must be signed', { facts });
  }
  if (partner.signingKeys.length === 0) {
    throw new GatehouseError(
      'ERR_SAML_SIGNATURE_INVALID',
      "the request is signed, but the partner's metadata holds no key",
      { facts },
    );
  }
  if (claimed.destination === undefined && arrival.mustNameAddress) {
    throw new GatehouseError('ERR_SAML_DESTINATION', 'a signed request must say whom it is for', { facts });
  }
  if (detached !== undefined) verifyRedirectSignature(detached, partner.signingKeys);
  return claimed.hasSignature ? parseAuthnRequest(verifyEnveloped(document, message, partner.signingKeys)) : claimed;
}
