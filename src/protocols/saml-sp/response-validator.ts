/** @module From a Response on the wire to one that may be used: parsed, verified, judged by the schema, checked. Nothing is claimed yet. */
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { DecodedRedirect } from '../../wire/saml/bindings.ts';
import { type ReadResponse, type ResponseTrust, readResponse } from '../../wire/saml/response-reader.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import type { AcceptedResponse, ResponseExpectations } from './accepted-response.ts';
import { refusal } from './refusals.ts';
import { checkResponse } from './response-checks.ts';

/** A Response as it arrived. */
export type ArrivedResponse =
  | { readonly binding: 'HTTP-POST'; readonly xml: string }
  /** Decoded by its own binding, so that what is wrong with it can be said; it is never accepted. */
  | { readonly binding: 'HTTP-Redirect'; readonly message: DecodedRedirect };

export interface ResponseValidatorOptions {
  readonly clock: Clock;
  /** The keys of an identity provider by its entityID. @throws ERR_SAML_UNKNOWN_PARTNER */
  readonly trustIn: (issuer: string, now: number) => ResponseTrust;
  /** The schema wall: throws ERR_XML_SCHEMA. */
  readonly validateSchema: (xml: string) => Promise<void>;
}

/** @throws ERR_XML_* and ERR_SAML_*; nothing has changed then. */
export type ResponseValidator = (arrived: ArrivedResponse, expected: ResponseExpectations) => Promise<AcceptedResponse>;

export function createResponseValidator({
  clock,
  trustIn,
  validateSchema,
}: ResponseValidatorOptions): ResponseValidator {
  return async (arrived, expected) => {
    const now = clock.now();
    const xml = xmlOf(arrived);
    const read = readResponse(parseXml(xml), (issuer) => trustIn(issuer, now));
    await judgeForm(xml, read);
    return checkResponse(read, expected, now);
  };

  /** After the signatures: the schema costs work that is done for nobody but a partner. */
  async function judgeForm(xml: string, { decrypted }: ReadResponse): Promise<void> {
    await validateSchema(xml);
    for (const text of decrypted) await validateSchema(text);
  }
}

function xmlOf(arrived: ArrivedResponse): string {
  if (arrived.binding === 'HTTP-POST') return arrived.xml;
  if (arrived.message.parameter !== 'SAMLResponse') {
    throw new GatehouseError('ERR_SAML_MALFORMED', 'a request was sent to where responses are read');
  }
  throw refusal('binding', 'A response was sent by HTTP-Redirect');
}
