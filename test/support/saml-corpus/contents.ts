/** @module Messages whose signatures are good and whose content is not for us, not for now, or not for this sign-in. */
import { nameIdFormats } from '../../../src/wire/saml/constants.ts';
import { spEntityId } from '../saml-input.ts';
import { type HostileCase, swap } from './hostile-case.ts';
import { statusCodes } from './workshop.ts';

const minute = 60_000;
const day = 24 * 3600_000;

/** The IdP signs what was changed. */
const honest = (name: string, outcome: HostileCase['outcome'], from: string | RegExp, to: string): HostileCase => ({
  name,
  outcome,
  make: (workshop) => workshop.honest((text) => swap(text, from, to)),
});
const iso = (at: number) => new Date(at).toISOString();

const times: readonly HostileCase[] = [
  ...(
    [
      ['just inside the window and the skew', 6 * minute - 1, { subject: 'mary' }],
      ['when window and skew are over', 6 * minute, 'ERR_SAML_EXPIRED'],
      ['a year late', 365 * day, 'ERR_SAML_EXPIRED'],
      ['two minutes early', -2 * minute, { subject: 'mary' }],
      ['more than two minutes early', -2 * minute - 1, 'ERR_SAML_NOT_YET_VALID'],
      ['a year early', -365 * day, 'ERR_SAML_NOT_YET_VALID'],
    ] as const
  ).map(
    ([name, laterMs, outcome]): HostileCase => ({
      name: `arrives ${name}`,
      outcome,
      expected: { laterMs },
      // The message itself is as old as its window begins, so that the window alone decides.
      make: async (workshop) =>
        workshop.response({
          ...{ now: workshop.now - minute, notBefore: workshop.now - minute, notOnOrAfter: workshop.now + 5 * minute },
          authnInstant: workshop.now - minute,
        }),
    }),
  ),
  {
    name: 'an assertion of the future with conditions of the past',
    outcome: 'ERR_SAML_NOT_YET_VALID',
    make: (workshop) =>
      workshop.honest((text) => swap(text, /IssueInstant="[^"]*"/, `IssueInstant="${iso(workshop.now + day)}"`)),
  },
  {
    name: 'conditions that end in the past, in a confirmation that goes on',
    outcome: 'ERR_SAML_EXPIRED',
    make: (workshop) =>
      workshop.honest((text) =>
        swap(text, /(?<=<saml:Conditions NotBefore="[^"]*" NotOnOrAfter=")[^"]*/, iso(workshop.now - day)),
      ),
  },
  {
    name: 'a confirmation that ended, in conditions that go on',
    outcome: 'ERR_SAML_EXPIRED',
    make: (workshop) =>
      workshop.honest((text) =>
        swap(text, /(?<=<saml:SubjectConfirmationData [^>]*NotOnOrAfter=")[^"]*/, iso(workshop.now - day)),
      ),
  },
  {
    name: 'a confirmation that does not begin yet',
    outcome: 'ERR_SAML_NOT_YET_VALID',
    make: (workshop) =>
      workshop.honest((text) =>
        swap(
          text,
          '<saml:SubjectConfirmationData ',
          `<saml:SubjectConfirmationData NotBefore="${iso(workshop.now + day)}" `,
        ),
      ),
  },
  {
    name: 'an assertion of last month that is valid for ten years',
    outcome: 'ERR_SAML_EXPIRED',
    expected: { laterMs: 30 * day },
    make: (workshop) =>
      workshop.response({ notOnOrAfter: workshop.now + 3650 * day, sessionNotOnOrAfter: workshop.now + 3650 * day }),
  },
  {
    name: 'a sign-in of last week',
    outcome: 'ERR_SAML_AUTHN_STATEMENT',
    make: (workshop) => workshop.response({ authnInstant: workshop.now - 7 * day }),
  },
  {
    name: 'a sign-in of tomorrow',
    outcome: 'ERR_SAML_NOT_YET_VALID',
    make: (workshop) => workshop.response({ authnInstant: workshop.now + day }),
  },
  {
    name: 'a session that is over',
    outcome: 'ERR_SAML_EXPIRED',
    make: (workshop) => workshop.response({ sessionNotOnOrAfter: workshop.now - 2 * minute }),
  },
  honest('an instant without a zone', 'ERR_SAML_MALFORMED', /(?<=AuthnInstant="[^"]*)Z"/, '"'),
  honest('an instant that no calendar has', 'ERR_SAML_MALFORMED', /(?<=NotBefore=")[^"]*/, '2026-02-31T00:00:00Z'),
  {
    name: 'an instant with an offset',
    outcome: { subject: 'mary' },
    make: (workshop) =>
      workshop.honest((text) =>
        swap(text, /(?<=IssueInstant=")[^"]*/, iso(workshop.now - 60 * minute).replace('Z', '-01:00')),
      ),
  },
];

const addresses: readonly HostileCase[] = [
  {
    name: 'made for another service altogether',
    outcome: 'ERR_SAML_DESTINATION',
    make: (workshop) =>
      workshop.response({ destination: 'https://other.example.com/acs', audience: 'https://other.example.com' }),
  },
  {
    name: 'made for another address of the same service',
    outcome: 'ERR_SAML_DESTINATION',
    expected: { acsUrl: 'https://sp.example.com/other' },
    make: (workshop) => workshop.response({ sign: 'both' }),
  },
  honest(
    'a recipient that is another',
    'ERR_SAML_RECIPIENT',
    /Recipient="[^"]*"/,
    'Recipient="https://other.example.com/acs"',
  ),
  honest('no recipient', 'ERR_SAML_CONFIRMATION', / Recipient="[^"]*"/, ''),
  honest(
    'a confirmation without an end',
    'ERR_SAML_CONFIRMATION',
    /(?<=<saml:SubjectConfirmationData [^>]*) NotOnOrAfter="[^"]*"/,
    '',
  ),
  {
    name: 'a signed Response without a destination',
    outcome: 'ERR_SAML_DESTINATION',
    make: async (workshop) => {
      const response = await workshop.response({ sign: 'response' });
      return workshop.signed(swap(swap(response, workshop.signatureIn(response), ''), / Destination="[^"]*"/, ''));
    },
  },
  {
    name: 'a Response without a destination around a signed assertion',
    outcome: { subject: 'mary' },
    make: async (workshop) => swap(await workshop.response(), / Destination="[^"]*"/, ''),
  },
  honest('an audience that is another', 'ERR_SAML_AUDIENCE', `>${spEntityId}<`, '>https://other.example.com<'),
  honest(
    'an audience that begins like ours',
    'ERR_SAML_AUDIENCE',
    `>${spEntityId}<`,
    `>${spEntityId}.evil.example.com<`,
  ),
  honest('an audience in other letters', 'ERR_SAML_AUDIENCE', `>${spEntityId}<`, `>${spEntityId.toUpperCase()}<`),
  honest('no audience', 'ERR_SAML_AUDIENCE', /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''),
  honest(
    'a second restriction to another audience',
    'ERR_SAML_AUDIENCE',
    '</saml:AudienceRestriction>',
    '</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.example.com</saml:Audience></saml:AudienceRestriction>',
  ),
  honest(
    'a second audience in one restriction',
    { subject: 'mary' },
    '<saml:Audience>',
    '<saml:Audience>https://other.example.com</saml:Audience><saml:Audience>',
  ),
  honest('no conditions', 'ERR_SAML_CONDITIONS', /<saml:Conditions .*<\/saml:Conditions>/, ''),
  honest(
    'OneTimeUse',
    { subject: 'mary' },
    '</saml:Conditions>',
    '<saml:OneTimeUse></saml:OneTimeUse></saml:Conditions>',
  ),
];

const correlation: readonly HostileCase[] = [
  {
    name: 'an answer to another request',
    outcome: 'ERR_SAML_IN_RESPONSE_TO',
    expected: { request: '_request-2' },
    make: (workshop) => workshop.response(),
  },
  {
    name: 'an answer to a request where none was sent',
    outcome: 'ERR_SAML_IN_RESPONSE_TO',
    expected: { request: undefined },
    make: (workshop) => workshop.response(),
  },
  {
    name: 'an unsolicited Response where a request was sent',
    outcome: 'ERR_SAML_IN_RESPONSE_TO',
    make: async (workshop) => {
      const text = await workshop.honest((assertion) => swap(assertion, / InResponseTo="[^"]*"/, ''));
      return swap(text, / InResponseTo="[^"]*"/, '');
    },
  },
  honest(
    'an assertion for another request in an answer to ours',
    'ERR_SAML_IN_RESPONSE_TO',
    /InResponseTo="[^"]*"/,
    'InResponseTo="_stolen"',
  ),
  honest('an assertion for no request in an answer to ours', 'ERR_SAML_IN_RESPONSE_TO', / InResponseTo="[^"]*"/, ''),
  {
    name: 'another issuer in the Response than in the assertion',
    outcome: 'ERR_SAML_UNKNOWN_PARTNER',
    make: async (workshop) =>
      swap(await workshop.response(), '>https://idp.example.com/saml/idp<', '>https://idp.example.com/other<'),
  },
  honest(
    'another issuer in the assertion than in the Response',
    'ERR_SAML_ISSUER',
    '>https://idp.example.com/saml/idp<',
    '>https://idp.example.com/other<',
  ),
];

const otherCode =
  '<saml:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef>urn:x</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>';
const statements: readonly HostileCase[] = [
  honest(
    'two authentication statements',
    'ERR_SAML_AMBIGUOUS',
    '<saml:AuthnStatement',
    `${otherCode}<saml:AuthnStatement`,
  ),
  honest(
    'no authentication statement',
    'ERR_SAML_AUTHN_STATEMENT',
    /<saml:AuthnStatement .*<\/saml:AuthnStatement>/,
    '',
  ),
  honest('a confirmation by holder of key alone', 'ERR_SAML_CONFIRMATION', ':cm:bearer', ':cm:holder-of-key'),
  honest('no confirmation', 'ERR_SAML_CONFIRMATION', /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''),
  honest(
    'a confirmation by somebody else',
    'ERR_SAML_CONFIRMATION',
    '<saml:SubjectConfirmationData',
    '<saml:NameID>delegate</saml:NameID><saml:SubjectConfirmationData',
  ),
  honest('no subject', 'ERR_SAML_MALFORMED', /<saml:Subject>.*<\/saml:Subject>/, ''),
  honest('an empty name', 'ERR_SAML_MALFORMED', '>mary<', '><'),
  honest(
    'two names',
    'ERR_SAML_MALFORMED',
    /(<saml:NameID .*<\/saml:NameID>)/,
    `<saml:NameID Format="${nameIdFormats.unspecified}">admin</saml:NameID><saml:NameID>mary</saml:NameID>`,
  ),
  honest('an assertion of SAML 1.1', 'ERR_SAML_UNSUPPORTED', 'Version="2.0"', 'Version="1.1"'),
  honest(
    'a condition that nobody knows',
    'ERR_XML_SCHEMA',
    '</saml:Conditions>',
    '<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x" xsi:type="x:Unknown"></saml:Condition></saml:Conditions>',
  ),
  {
    name: 'a Response of SAML 1.1',
    outcome: 'ERR_SAML_UNSUPPORTED',
    make: async (workshop) => swap(await workshop.response(), 'Version="2.0"', 'Version="1.1"'),
  },
  {
    name: 'a refusal by the IdP',
    outcome: 'ERR_SAML_STATUS',
    make: (workshop) => workshop.status(statusCodes.Responder, statusCodes.NoPassive),
  },
  {
    name: 'a refusal by the IdP that nobody signed',
    outcome: 'ERR_SAML_STATUS',
    make: async (workshop) => {
      const status = await workshop.status(statusCodes.Responder, statusCodes.AuthnFailed);
      return swap(status, workshop.signatureIn(status), '');
    },
  },
  {
    name: 'a success without an assertion',
    outcome: 'ERR_SAML_MALFORMED',
    make: (workshop) => workshop.status(statusCodes.Success),
  },
  {
    name: 'an error beside a good assertion',
    outcome: 'ERR_SAML_STATUS',
    make: async (workshop) => swap(await workshop.response(), statusCodes.Success, statusCodes.Requester),
  },
  {
    name: 'another kind of message',
    outcome: 'ERR_SAML_MALFORMED',
    make: async (workshop) => (await workshop.response()).replaceAll('samlp:Response', 'samlp:LogoutResponse'),
  },
];

export const contents: readonly HostileCase[] = [...times, ...addresses, ...correlation, ...statements];
