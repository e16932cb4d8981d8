/** @module Every reason for which the content of a Response is refused: its code, the clause, whose fault it is, and the fix. */
import { type ErrorCode, type ErrorFacts, GatehouseError } from '../../spi/errors.ts';
import { type Diagnosis, diagnoseMessage } from '../../wire/saml/diagnosis.ts';

interface Row extends Omit<Diagnosis, 'check'> {
  readonly code: ErrorCode;
}

const clocks = 'Set the clocks of both sides (NTP).';
const ourMetadata = 'Give the identity provider our current metadata.';

const rows = {
  status: {
    code: 'ERR_SAML_STATUS',
    clause: 'saml-core §3.2.2',
    fault: 'idp',
    fix: 'Ask the operator of the identity provider why it answered so; the facts name the status.',
  },
  'no-assertion': {
    code: 'ERR_SAML_MALFORMED',
    clause: 'saml-profiles §4.1.4.2',
    fault: 'idp',
    fix: 'A Response of success holds an assertion. Configure the identity provider for the Web Browser SSO profile.',
  },
  issuer: {
    code: 'ERR_SAML_ISSUER',
    clause: 'saml-profiles §4.1.4.2',
    fault: 'attacker?',
    fix: 'Response, assertion and the provider that was asked have to have one and the same entityID.',
  },
  binding: {
    code: 'ERR_SAML_UNSUPPORTED',
    clause: 'saml-profiles §4.1.2',
    fault: 'idp',
    fix: 'Let the identity provider answer by HTTP-POST or HTTP-Artifact: HTTP-Redirect must not carry a Response.',
  },
  destination: {
    code: 'ERR_SAML_DESTINATION',
    clause: 'saml-bindings §3.5.5.2',
    fault: 'sp-configuration',
    fix: `${ourMetadata} Its assertion consumer service is the only right Destination; check public URL and proxies.`,
  },
  'in-response-to': {
    code: 'ERR_SAML_IN_RESPONSE_TO',
    clause: 'saml-profiles §4.1.4.3',
    fault: 'user-agent',
    fix: 'Begin again at the application. If nobody pressed "back" or "reload", somebody brought an answer of another sign-in.',
  },
  unsolicited: {
    code: 'ERR_SAML_IN_RESPONSE_TO',
    clause: 'saml-profiles §4.1.5',
    fault: 'user-agent',
    fix: 'Begin at the application, or allow this identity provider to begin. An unsolicited Response names no request.',
  },
  'issue-instant': {
    code: 'ERR_SAML_NOT_YET_VALID',
    clause: 'saml-core §2.3.3',
    fault: 'clocks',
    fix: clocks,
  },
  conditions: {
    code: 'ERR_SAML_CONDITIONS',
    clause: 'saml-core §2.5.1',
    fault: 'idp',
    fix: 'Ask the identity provider for an assertion with AudienceRestriction and without conditions of other kinds.',
  },
  'not-before': { code: 'ERR_SAML_NOT_YET_VALID', clause: 'saml-core §2.5.1.2', fault: 'clocks', fix: clocks },
  'not-on-or-after': {
    code: 'ERR_SAML_EXPIRED',
    clause: 'saml-core §2.5.1.2',
    fault: 'clocks',
    fix: `${clocks} If they are right, the message was kept for too long: begin again at the application.`,
  },
  audience: {
    code: 'ERR_SAML_AUDIENCE',
    clause: 'saml-core §2.5.1.4',
    fault: 'sp-configuration',
    fix: 'Make our entityID at the identity provider the one of our metadata. An assertion for another service must not be taken.',
  },
  bearer: {
    code: 'ERR_SAML_CONFIRMATION',
    clause: 'saml-profiles §4.1.4.2',
    fault: 'idp',
    fix: 'The subject needs a bearer confirmation with Recipient and NotOnOrAfter: configure the provider for Web Browser SSO.',
  },
  recipient: {
    code: 'ERR_SAML_RECIPIENT',
    clause: 'saml-profiles §4.1.4.3',
    fault: 'sp-configuration',
    fix: `${ourMetadata} If it has it, the assertion was made for another service and carried here.`,
  },
  'confirmation-not-before': {
    code: 'ERR_SAML_NOT_YET_VALID',
    clause: 'saml-core §2.4.1.2',
    fault: 'clocks',
    fix: clocks,
  },
  'confirmation-not-on-or-after': {
    code: 'ERR_SAML_EXPIRED',
    clause: 'saml-profiles §4.1.4.3',
    fault: 'clocks',
    fix: `${clocks} If they are right, the message was kept for too long: begin again at the application.`,
  },
  'authn-statement': {
    code: 'ERR_SAML_AUTHN_STATEMENT',
    clause: 'saml-profiles §4.1.4.2',
    fault: 'idp',
    fix: 'The assertion has to say when and how the person signed in. Configure the provider for Web Browser SSO.',
  },
  'authn-statements': {
    code: 'ERR_SAML_AMBIGUOUS',
    clause: 'saml-profiles §4.1.4.2',
    fault: 'idp',
    fix: 'One sign-in has one authentication statement: nobody can say which of several sessions is meant.',
  },
  'authn-instant': {
    code: 'ERR_SAML_AUTHN_STATEMENT',
    clause: 'saml-core §2.7.2',
    fault: 'idp',
    fix: 'The person signed in too long ago: let the provider ask anew (ForceAuthn), or allow an older sign-in.',
  },
  'authn-context': {
    code: 'ERR_SAML_AUTHN_STATEMENT',
    clause: 'saml-core §3.3.2.2.1',
    fault: 'idp',
    fix: 'The person signed in in another way than was asked for. Let the provider honour RequestedAuthnContext, or ask for less.',
  },
  browser: {
    code: 'ERR_SAML_IN_RESPONSE_TO',
    clause: 'saml-profiles §4.1.4.3',
    fault: 'user-agent',
    fix: 'Begin again at the application, in this browser. If nobody changed browsers, somebody brought an answer of another sign-in.',
  },
  artifact: {
    code: 'ERR_SAML_EXPIRED',
    clause: 'saml-core §3.5.3',
    fault: 'user-agent',
    fix: 'The identity provider has nothing for this artifact: it was used, is too old or was made up. Begin again at the application.',
  },
  session: {
    code: 'ERR_SAML_EXPIRED',
    clause: 'saml-core §2.7.2',
    fault: 'idp',
    fix: 'The session at the identity provider is over (SessionNotOnOrAfter). Begin again at the application.',
  },
  replay: {
    code: 'ERR_SAML_REPLAYED',
    clause: 'saml-profiles §4.1.4.5',
    fault: 'user-agent',
    fix: 'Begin again at the application. If nobody pressed "reload", somebody used a copy of the message.',
  },
} satisfies Readonly<Record<string, Row>>;

export type ResponseCheck = keyof typeof rows;

/** `facts.check` of the error names the row. */
export function refusal(check: ResponseCheck, message: string, facts: ErrorFacts = {}): GatehouseError {
  return new GatehouseError(rows[check].code, message, { facts: { check, ...facts } });
}

/** `undefined` for a fault that says nothing about the message, such as a store that is down. */
export function diagnoseResponse(error: GatehouseError): Diagnosis | undefined {
  const found = Object.entries(rows).find(([check]) => check === error.facts['check']);
  if (found === undefined) {
    return diagnoseMessage(error, { sender: 'idp', ourConfiguration: 'sp-configuration' });
  }
  const [check, { clause, fault, fix }] = found;
  return { check, clause, fault, fix };
}
