/** @module The checks of a Response whose signatures are good (saml-profiles §4.1.4.3): one pure function of message, expectations and time. */
import { printable } from '../../spi/printable.ts';
import type { Assertion, AuthnStatement, SubjectConfirmation } from '../../wire/saml/assertion.ts';
import { bearerConfirmation, statusCodes } from '../../wire/saml/constants.ts';
import type { ReadResponse } from '../../wire/saml/response-reader.ts';
import type { AcceptedResponse, ResponseExpectations } from './accepted-response.ts';
import { refusal } from './refusals.ts';

/** Of a value that somebody sent: enough to recognise it in the log. */
const maxShown = 200;
/** A browser carries an assertion at once. It also bounds how long the use of one has to be remembered. */
const maxAssertionAgeMs = 24 * 3600_000;

const shown = (text: string | undefined) => (text === undefined ? 'none' : printable(text, maxShown));

/** @throws ERR_SAML_*, with `facts.check` */
export function checkResponse(read: ReadResponse, expected: ResponseExpectations, now: number): AcceptedResponse {
  checkStatus(read);
  const { assertion } = read;
  if (assertion === undefined) throw refusal('no-assertion', 'A response of success holds no assertion');
  checkIssuer(read, assertion, expected);
  checkDestination(read, expected);
  checkRequest(read.envelope.inResponseTo, expected);
  const { clockSkewMs } = expected;
  for (const issued of [read.envelope.issueInstant, assertion.issueInstant]) {
    if (issued > now + clockSkewMs)
      throw refusal('issue-instant', 'The message is of the future', { aheadMs: issued - now });
  }
  const conditionsUntil = checkConditions(assertion, expected, now);
  checkConfirmations(assertion.confirmations, expected, now);
  const statement = checkAuthnStatement(assertion, expected, now);
  const { nameId, attributes } = assertion;
  return {
    issuer: assertion.issuer,
    ...(nameId === undefined ? {} : { nameId }),
    attributes,
    ...(statement.sessionIndex === undefined ? {} : { sessionIndex: statement.sessionIndex }),
    ...(statement.sessionNotOnOrAfter === undefined ? {} : { sessionNotOnOrAfter: statement.sessionNotOnOrAfter }),
    authnInstant: statement.authnInstant,
    ...(statement.classRef === undefined ? {} : { authnContext: statement.classRef }),
    ...(expected.request === undefined ? {} : { inResponseTo: expected.request }),
    assertionId: assertion.id,
    // Another confirmation may hold later: only the conditions say when none does any more.
    acceptableUntil: conditionsUntil + clockSkewMs,
    oneTimeUse: assertion.conditions?.oneTimeUse ?? false,
    signed: read.signedResponse ? (read.signedAssertion ? 'both' : 'response') : 'assertion',
    encrypted: read.encrypted,
  };
}

/** saml-core §3.2.2. An error beside an assertion contradicts itself, and the error counts. */
function checkStatus({ envelope, signedResponse }: ReadResponse): void {
  const { code, subCode, message } = envelope.status;
  if (code === statusCodes.Success) return;
  throw refusal('status', 'The identity provider answered with a status other than Success', {
    status: shown(code),
    ...(subCode === undefined ? {} : { subStatus: shown(subCode) }),
    ...(message === undefined ? {} : { statusMessage: shown(message) }),
    signed: signedResponse,
  });
}

function checkIssuer({ envelope, claimedIssuer }: ReadResponse, assertion: Assertion, expected: ResponseExpectations) {
  const names = [claimedIssuer, envelope.issuer ?? assertion.issuer, expected.issuer ?? assertion.issuer];
  const other = names.find((name) => name !== assertion.issuer);
  if (other === undefined) return;
  throw refusal('issuer', 'The assertion has another issuer than the response, or than the provider that was asked', {
    issuer: shown(assertion.issuer),
    other: shown(other),
  });
}

/** Compared where present, and must be present in a signed Response (saml-bindings §3.5.5.2). */
function checkDestination({ envelope, signedResponse }: ReadResponse, { acsUrl }: ResponseExpectations): void {
  const { destination } = envelope;
  if (destination === undefined && !signedResponse) return;
  if (destination === undefined) throw refusal('destination', 'A signed response must say whom it is for');
  if (destination === acsUrl) return;
  throw refusal('destination', 'The response was made for another address', {
    destination: shown(destination),
    expected: shown(acsUrl),
  });
}

/** The same for the message and for the confirmation of the subject. */
function checkRequest(inResponseTo: string | undefined, { request, allowUnsolicited }: ResponseExpectations): void {
  if (inResponseTo === request) {
    if (request !== undefined || allowUnsolicited) return;
    throw refusal('unsolicited', 'Nobody asked for this response, and the identity provider may not begin');
  }
  const facts = { inResponseTo: shown(inResponseTo), expected: shown(request) };
  if (request === undefined) throw refusal('unsolicited', 'The response answers a request that was not sent', facts);
  throw refusal('in-response-to', 'The response answers another request than the one that was sent', facts);
}

/** @returns until when they hold. */
function checkConditions(
  { conditions, issueInstant }: Assertion,
  { clockSkewMs, entityId }: ResponseExpectations,
  now: number,
): number {
  if (conditions === undefined)
    throw refusal('conditions', 'The assertion has no conditions, so it is for no audience');
  const { notBefore, audienceRestrictions, unknown } = conditions;
  const notOnOrAfter = Math.min(conditions.notOnOrAfter ?? Number.POSITIVE_INFINITY, issueInstant + maxAssertionAgeMs);
  if (unknown.length > 0) {
    throw refusal('conditions', 'The assertion has a condition that cannot be judged', {
      condition: shown(unknown[0]),
    });
  }
  if (notBefore !== undefined && now < notBefore - clockSkewMs) {
    throw refusal('not-before', 'The assertion is not valid yet', { aheadMs: notBefore - now });
  }
  if (now >= notOnOrAfter + clockSkewMs) {
    throw refusal('not-on-or-after', 'The assertion has run out', { agoMs: now - notOnOrAfter });
  }
  const foreign = audienceRestrictions.find((audiences) => !audiences.includes(entityId));
  if (audienceRestrictions.length === 0 || foreign !== undefined) {
    throw refusal('audience', 'The assertion is for another audience', {
      audience: shown(foreign?.[0]),
      expected: shown(entityId),
    });
  }
  return notOnOrAfter;
}

/** One bearer confirmation that holds is enough (saml-core §2.4.1.1); when none does, the first one says why. */
function checkConfirmations(
  confirmations: readonly SubjectConfirmation[],
  expected: ResponseExpectations,
  now: number,
): void {
  const bearers = confirmations.filter(({ method }) => method === bearerConfirmation);
  if (bearers.length === 0) throw refusal('bearer', 'The subject has no bearer confirmation');
  const results = bearers.map((bearer) => confirmation(bearer, expected, now));
  const [firstFault] = results;
  if (firstFault !== undefined && results.every((result) => result !== undefined)) throw firstFault;
}

/** Why it does not hold; `undefined` when it does. */
function confirmation({ data, namesAnother }: SubjectConfirmation, expected: ResponseExpectations, now: number) {
  const { acsUrl, clockSkewMs } = expected;
  if (namesAnother) return refusal('bearer', 'The subject may be confirmed by another entity only');
  if (data?.recipient === undefined || data.notOnOrAfter === undefined) {
    return refusal('bearer', 'The bearer confirmation lacks Recipient or NotOnOrAfter');
  }
  const { recipient, notBefore, notOnOrAfter } = data;
  if (recipient !== acsUrl) {
    const facts = { recipient: shown(recipient), expected: shown(acsUrl) };
    return refusal('recipient', 'The assertion was made to be delivered at another address', facts);
  }
  if (notBefore !== undefined && now < notBefore - clockSkewMs) {
    return refusal('confirmation-not-before', 'The assertion may not be delivered yet', { aheadMs: notBefore - now });
  }
  if (now >= notOnOrAfter + clockSkewMs) {
    return refusal('confirmation-not-on-or-after', 'The assertion may not be delivered any more', {
      agoMs: now - notOnOrAfter,
    });
  }
  if (data.inResponseTo !== expected.request) {
    const facts = { inResponseTo: shown(data.inResponseTo), expected: shown(expected.request) };
    return refusal(
      expected.request === undefined ? 'unsolicited' : 'in-response-to',
      'The assertion was made for another request',
      facts,
    );
  }
  return undefined;
}

function checkAuthnStatement(
  { authnStatements }: Assertion,
  { clockSkewMs, maxAuthnAgeMs }: ResponseExpectations,
  now: number,
): AuthnStatement {
  const [statement, second] = authnStatements;
  if (statement === undefined) throw refusal('authn-statement', 'The assertion does not say that anybody signed in');
  if (second !== undefined)
    throw refusal('authn-statements', 'The assertion has more than one authentication statement');
  const ageMs = now - statement.authnInstant;
  if (ageMs < -clockSkewMs) throw refusal('issue-instant', 'The sign-in is of the future', { aheadMs: -ageMs });
  if (ageMs > maxAuthnAgeMs + clockSkewMs)
    throw refusal('authn-instant', 'The person signed in too long ago', { ageMs });
  const { sessionNotOnOrAfter = Number.POSITIVE_INFINITY } = statement;
  if (now >= sessionNotOnOrAfter + clockSkewMs) {
    throw refusal('session', 'The session has run out', { agoMs: now - sessionNotOnOrAfter });
  }
  return statement;
}
