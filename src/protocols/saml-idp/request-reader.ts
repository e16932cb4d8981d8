/** @module From an AuthnRequest on the wire to a request that may be answered: every check, in the order in which trust grows. */
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { type AuthnRequest, parseAuthnRequest } from '../../wire/saml/authn-request.ts';
import { type DecodedRedirect, verifyRedirectSignature } from '../../wire/saml/bindings.ts';
import { bindings } from '../../wire/saml/constants.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { verifyEnveloped } from '../../wire/xml/verify.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { demandsOf } from './demands.ts';
import { consumerServiceOf, type Partner } from './partner.ts';
import type { Partners } from './partners.ts';
import type { RequestUse } from './request-use.ts';

/** A request as it arrived by one of the two front-channel bindings. */
export type ArrivedRequest =
  | { readonly binding: 'HTTP-Redirect'; readonly message: DecodedRedirect }
  | { readonly binding: 'HTTP-POST'; readonly xml: string; readonly relayState?: string | undefined };

export interface RequestReaderOptions {
  readonly partners: Partners;
  readonly clock: Clock;
  readonly requestUse: RequestUse;
  readonly entityId: string;
  /** The URL of our SSO endpoint, as metadata names it. */
  readonly ssoUrl: string;
  readonly clockSkewMs: number;
  /** The schema wall: throws ERR_XML_SCHEMA. */
  readonly validateSchema: (xml: string) => Promise<void>;
}

/** An AuthnRequest is made for one redirect; one that is older than this was kept by somebody. */
export const maxRequestAgeMs = 5 * 60_000;

export type RequestReader = (arrived: ArrivedRequest) => Promise<AcceptedRequest>;

/** @throws ERR_XML_* and ERR_SAML_*; nothing has changed then. */
export function createRequestReader(options: RequestReaderOptions): RequestReader {
  const { partners, clock, ssoUrl, clockSkewMs } = options;

  return async (arrived) => {
    const xml = textOfMessage(arrived);
    const root = parseXml(xml);
    const claimed = parseAuthnRequest(root);
    const partner = await partners.find(claimed.issuer, clock.now());
    const request = verified(
      arrived,
      partner,
      () => parseAuthnRequest(verifyEnveloped(root, root, partner.signingKeys)),
      claimed,
    );
    await options.validateSchema(xml);
    checkAddress(request);
    checkTime(request, partner);
    const service = consumerServiceOf(partner, request);
    checkBinding(request, partner);
    await options.requestUse.checkUnused({ partner: partner.entityId, id: request.id });
    return {
      partner: partner.entityId,
      id: request.id,
      acsUrl: service.location,
      relayState: arrived.binding === 'HTTP-Redirect' ? arrived.message.relayState : arrived.relayState,
      ...demandsOf(request, partner, options.entityId, clock.now()),
    };
  };

  /** `Destination` is compared where present, and must be present in a signed message (saml-bindings §3.4.5.2, §3.5.5.2). */
  function checkAddress(request: AuthnRequest): void {
    if (request.destination !== undefined && request.destination !== ssoUrl) {
      throw new GatehouseError('ERR_SAML_DESTINATION', 'the request was made for another address', {
        facts: { partner: request.issuer },
      });
    }
  }

  function checkTime(request: AuthnRequest, partner: Partner): void {
    const age = clock.now() - request.issueInstant;
    if (age > maxRequestAgeMs + clockSkewMs || age < -clockSkewMs) {
      throw new GatehouseError('ERR_SAML_EXPIRED', 'IssueInstant is too old or in the future', {
        facts: { partner: partner.entityId, ageMs: age },
      });
    }
  }
}

function textOfMessage(arrived: ArrivedRequest): string {
  if (arrived.binding === 'HTTP-POST') return arrived.xml;
  if (arrived.message.parameter !== 'SAMLRequest') {
    throw new GatehouseError('ERR_SAML_MALFORMED', 'a response was sent to where requests are read');
  }
  return arrived.message.xml;
}

function checkBinding(request: AuthnRequest, partner: Partner): void {
  if (request.protocolBinding !== undefined && request.protocolBinding !== bindings.post) {
    throw new GatehouseError('ERR_SAML_UNSUPPORTED', 'the request wants an answer by a binding other than HTTP-POST', {
      facts: { partner: partner.entityId },
    });
  }
}

/** A signature that is there is always checked; one that is not is missed only where it is required. */
function verified(
  arrived: ArrivedRequest,
  partner: Partner,
  enveloped: () => AuthnRequest,
  claimed: AuthnRequest,
): AuthnRequest {
  const facts = { partner: partner.entityId };
  const detached = arrived.binding === 'HTTP-Redirect' ? arrived.message.signature : undefined;
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
  if (claimed.destination === undefined) {
    throw new GatehouseError('ERR_SAML_DESTINATION', 'a signed request must say whom it is for', { facts });
  }
  if (detached !== undefined) verifyRedirectSignature(detached, partner.signingKeys);
  return claimed.hasSignature ? enveloped() : claimed;
}
