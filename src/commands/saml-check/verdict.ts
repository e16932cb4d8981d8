/** @module What the clinic says of a message, as data and as text. */
import type { AcceptedRequest } from '../../protocols/saml-idp/accepted-request.ts';
import type { AcceptedResponse } from '../../protocols/saml-sp/accepted-response.ts';
import type { ErrorCode, ErrorFacts } from '../../spi/errors.ts';
import { printable } from '../../spi/printable.ts';
import type { Diagnosis } from '../../wire/saml/diagnosis.ts';
import type { MessageKind } from './kinds.ts';

interface Named {
  readonly id?: string | number | undefined;
  readonly as: 'sp' | 'idp';
  /** As what it was judged. */
  readonly kind: MessageKind;
  /** Checks that the endpoints make and that could not be made here, because nobody said what to expect. */
  readonly unchecked: readonly string[];
}

export interface Refused extends Named, Diagnosis {
  readonly verdict: 'refuse';
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: ErrorFacts;
}

/** What an application would see of a Response. Instants are in ISO 8601. */
export interface AcceptedAnswer {
  readonly issuer: string;
  readonly subject?: string | undefined;
  readonly subjectFormat?: string | undefined;
  /** Values of all attributes of one name, in order. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly sessionIndex?: string | undefined;
  readonly sessionNotOnOrAfter?: string | undefined;
  readonly authnInstant: string;
  readonly authnContext?: string | undefined;
  readonly inResponseTo?: string | undefined;
  readonly assertionId: string;
  readonly signed: string;
  readonly encrypted: boolean;
}

interface AcceptedQuestion {
  readonly issuer: string;
  readonly request: Omit<AcceptedRequest, 'partner'>;
}

interface AcceptedQuery {
  readonly issuer: string;
  readonly requestId: string;
  /** The artifact, the names of the attributes, the IDs of the assertions. */
  readonly asked: readonly string[];
}

/** Whose session at the issuer is to end; without session indexes all of them. */
interface AcceptedLogoutRequest {
  readonly issuer: string;
  readonly requestId: string;
  readonly subject: string;
  readonly subjectFormat: string;
  readonly sessionIndexes: readonly string[];
}

interface AcceptedLogoutAnswer {
  readonly issuer: string;
  readonly inResponseTo: string;
  /** Whether the issuer says that the session there is over. */
  readonly outcome: 'confirmed' | 'refused';
  /** The innermost status code where it is no plain success. */
  readonly detail?: string | undefined;
}

export type AcceptedBody =
  | AcceptedAnswer
  | AcceptedQuestion
  | AcceptedQuery
  | AcceptedLogoutRequest
  | AcceptedLogoutAnswer;

export type Accepted = Named & { readonly verdict: 'accept' } & AcceptedBody;
export type Verdict = Refused | Accepted;

export function answerBody(accepted: AcceptedResponse): AcceptedAnswer {
  const attributes = new Map<string, readonly string[]>();
  for (const { name, values } of accepted.attributes) {
    attributes.set(name, [...(attributes.get(name) ?? []), ...values]);
  }
  const { sessionNotOnOrAfter } = accepted;
  return {
    issuer: accepted.issuer,
    subject: accepted.nameId?.value,
    subjectFormat: accepted.nameId?.format,
    attributes: Object.fromEntries(attributes),
    sessionIndex: accepted.sessionIndex,
    sessionNotOnOrAfter: sessionNotOnOrAfter === undefined ? undefined : new Date(sessionNotOnOrAfter).toISOString(),
    authnInstant: new Date(accepted.authnInstant).toISOString(),
    authnContext: accepted.authnContext,
    inResponseTo: accepted.inResponseTo,
    assertionId: accepted.assertionId,
    signed: accepted.signed,
    encrypted: accepted.encrypted,
  };
}

/** Long enough for every name; a value that somebody sent must not take over the terminal. */
const maxShown = 300;

export function printedVerdict(verdict: Verdict): string {
  const lines = verdict.verdict === 'refuse' ? refusedLines(verdict) : acceptedLines(verdict);
  const unchecked = verdict.unchecked.map((check) => `not checked: ${check}`);
  return `${[...lines, ...unchecked].join('\n')}\n`;
}

function refusedLines({ code, kind, check, message, clause, fault, fix, facts }: Refused): readonly string[] {
  const shown = Object.entries(facts).filter(([name]) => name !== 'check');
  return [
    `REFUSE  ${code}`,
    `  ${message}.`,
    `  kind    ${kind}`,
    `  check   ${check}`,
    `  clause  ${clause}`,
    `  fault   ${fault}`,
    `  fix     ${fix}`,
    ...shown.map(([name, value]) => `  ${name}: ${printable(String(value), maxShown)}`),
  ];
}

function acceptedLines(verdict: Accepted): readonly string[] {
  const { verdict: _verdict, as: _as, unchecked: _unchecked, id: _id, ...facts } = verdict;
  const lines = Object.entries(facts).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `  ${name}: ${printable(text, maxShown)}`;
  });
  return ['ACCEPT', ...lines];
}
