/** @module Reading what a partner answers to our LogoutRequest: believed when it is the partner's and about this request. */
import { GatehouseError } from '../spi/errors.ts';
import { type DecodedRedirect, verifyRedirectSignature } from '../wire/saml/bindings.ts';
import { statusCodes } from '../wire/saml/constants.ts';
import { type LogoutResponse, parseLogoutResponse } from '../wire/saml/logout-response.ts';
import { canonicalize } from '../wire/xml/canonicalize.ts';
import type { XmlElement } from '../wire/xml/element.ts';
import { verifyEnveloped } from '../wire/xml/verify.ts';
import type { LogoutSender } from './logout-partner.ts';

export interface ExpectedAnswer {
  readonly partner: LogoutSender;
  /** ID of our request. */
  readonly inResponseTo: string;
  /** Where front-channel answers go. Absent on the back channel. */
  readonly sloUrl?: string;
  /** True where the channel itself says who answers: TLS that we have opened to the partner. */
  readonly authenticated: boolean;
}

export interface JudgedAnswer {
  readonly outcome: 'confirmed' | 'refused';
  /** The innermost status code where it is no plain success. */
  readonly detail?: string;
}

/**
 * `document` is what the message stands in; `root` is the message, its signature detached where `redirect` has one.
 * Rejects with ERR_SAML_*, ERR_XML_SIGNATURE, ERR_XML_SCHEMA.
 */
export type LogoutAnswerJudge = (
  document: XmlElement,
  root: XmlElement,
  expected: ExpectedAnswer,
  redirect?: DecodedRedirect,
) => Promise<JudgedAnswer>;

/** @param validateSchema the schema wall: throws ERR_XML_SCHEMA */
export function createLogoutAnswerJudge(validateSchema: (xml: string) => Promise<void>): LogoutAnswerJudge {
  return async (document, root, expected, redirect) => {
    const claimed = parseLogoutResponse(root);
    const answer = verified(document, root, claimed, expected, redirect);
    await validateSchema(canonicalize(root));
    checkAddress(answer, expected, claimed.hasSignature || redirect?.signature !== undefined);
    return judged(answer, expected);
  };
}

/** `Destination` is compared where present, and must be present in a signed message (saml-bindings §3.4.5.2, §3.5.5.2). */
function checkAddress({ destination }: LogoutResponse, { partner, sloUrl }: ExpectedAnswer, isSigned: boolean): void {
  if (sloUrl === undefined || destination === sloUrl) return;
  if (destination === undefined && !isSigned) return;
  const message =
    destination === undefined ? 'a signed answer must say whom it is for' : 'the answer was made for another address';
  throw new GatehouseError('ERR_SAML_DESTINATION', message, { facts: { partner: partner.entityId } });
}

function judged(answer: LogoutResponse, expected: ExpectedAnswer): JudgedAnswer {
  const facts = { partner: expected.partner.entityId };
  if (answer.issuer !== expected.partner.entityId) {
    throw new GatehouseError('ERR_SAML_ISSUER', 'another partner answers than was asked', { facts });
  }
  if (answer.inResponseTo !== expected.inResponseTo) {
    throw new GatehouseError('ERR_SAML_IN_RESPONSE_TO', 'the answer is to another request', { facts });
  }
  const { status, subStatus } = answer;
  const detail = subStatus ?? (status === statusCodes.Success ? undefined : status);
  const isWhole = status === statusCodes.Success && subStatus !== statusCodes.PartialLogout;
  return { outcome: isWhole ? 'confirmed' : 'refused', ...(detail === undefined ? {} : { detail }) };
}

/** A partner without keys cannot sign; its answer is then worth what the channel is worth, and our request's ID was known to it alone. */
function verified(
  document: XmlElement,
  root: XmlElement,
  claimed: LogoutResponse,
  { partner, authenticated }: ExpectedAnswer,
  redirect: DecodedRedirect | undefined,
): LogoutResponse {
  const facts = { partner: partner.entityId };
  const detached = redirect?.signature;
  if (detached !== undefined) verifyRedirectSignature(detached, partner.signingKeys);
  if (claimed.hasSignature) return parseLogoutResponse(verifyEnveloped(document, root, partner.signingKeys));
  if (detached !== undefined || authenticated || partner.signingKeys.length === 0) return claimed;
  throw new GatehouseError('ERR_SAML_SIGNATURE_REQUIRED', 'the answer of this partner must be signed', { facts });
}
