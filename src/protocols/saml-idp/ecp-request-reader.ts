/** @module From an AuthnRequest that a client brings over SOAP to one that may be answered, at a PAOS endpoint of the metadata only (saml-profiles §4.2.4.4). */
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import type { AcceptedRequest } from './accepted-request.ts';
import { consumerServiceOf } from './consumer-service.ts';
import { demandsOf } from './demands.ts';
import type { Partner } from './partner.ts';
import { checkedRequest, type RequestReaderOptions } from './request-reader.ts';
import type { ArrivedQuery } from './signed-queries.ts';

export interface EcpRequestReaderOptions extends Omit<RequestReaderOptions, 'ssoUrl'> {
  /** The URL of our SOAP endpoint, as metadata names it. */
  readonly soapUrl: string;
}

export interface ReadEcpRequest {
  readonly partner: Partner;
  readonly accepted: AcceptedRequest;
  /** True when a signature of the partner was verified. */
  readonly isSigned: boolean;
}

export type EcpRequestReader = (arrived: ArrivedQuery) => Promise<ReadEcpRequest>;

/**
 * Who makes such a request often does not know to whom the client takes it, so that a signed one need not name us.
 * @throws ERR_XML_* and ERR_SAML_*; nothing has changed then.
 */
export function createEcpRequestReader(options: EcpRequestReaderOptions): EcpRequestReader {
  return async ({ document, message }) => {
    const { partner, request, isSigned } = await checkedRequest(options, {
      document,
      message,
      xml: canonicalize(message),
      address: options.soapUrl,
      mustNameAddress: false,
    });
    const service = consumerServiceOf(partner, partner.assertionConsumerServices.paos, request);
    await options.requestUse.checkUnused({ partner: partner.entityId, id: request.id });
    const accepted = {
      partner: partner.entityId,
      id: request.id,
      acsUrl: service.location,
      ...demandsOf(request, partner, options.entityId, options.clock.now()),
    };
    return { partner, accepted, isSigned };
  };
}
