/** @module Judges logout messages, on either side: both may ask, and both answer (saml-profiles §4.4). */

import { maxRequestAgeMs } from '../../protocols/saml-idp/request-reader.ts';
import { defaultClockSkewMs } from '../../protocols/saml-sp/accepted-response.ts';
import { createLogoutAnswerJudge } from '../../saml/logout-answer.ts';
import type { LogoutSender } from '../../saml/logout-partner.ts';
import { createLogoutReader } from '../../saml/logout-request-reader.ts';
import { createRequestUse } from '../../saml/request-use.ts';
import type { ErrorCode, GatehouseError } from '../../spi/errors.ts';
import { type Diagnosis, diagnoseMessage } from '../../wire/saml/diagnosis.ts';
import { parseLogoutResponse } from '../../wire/saml/logout-response.ts';
import { addressNamed } from './address.ts';
import { type Bench, defaultEndpoint, type KindJudge, partiesAt, type Said } from './judging.ts';
import type { Side } from './kinds.ts';
import type { SamlCase } from './saml-case.ts';

const sloOf = ({ slo, entityId }: SamlCase) => slo ?? defaultEndpoint(entityId, 'slo');
const uncheckedAddress = (one: SamlCase) => (sloOf(one) === undefined ? ['destination'] : []);

/** Those who may send, by entityID. @throws ERR_SAML_UNKNOWN_PARTNER */
async function sendersOf(one: SamlCase, { inputs }: Bench) {
  if (one.as === 'idp') return inputs.serviceProviders(one);
  const find = await inputs.identityProviders(one);
  return { find: async (entityId: string, now: number): Promise<LogoutSender> => find(entityId, now) };
}

/** As the endpoints get it. */
function arrivedOf({ arrived, document, message }: Said) {
  return { document, message, ...(arrived.binding === 'HTTP-Redirect' ? { redirect: arrived.message } : {}) };
}

export const logoutRequests: KindJudge = {
  unchecked: uncheckedAddress,
  diagnose: diagnoseLogout,
  async prepare(one, bench) {
    const partners = await sendersOf(one, bench);
    const opened = await bench.inputs.decryption(one);
    const decryption = () => opened;
    const clockSkewMs = one.skewSeconds === undefined ? defaultClockSkewMs : one.skewSeconds * 1000;
    const requestUse = createRequestUse({ ephemeral: bench.ephemeral, keepMs: maxRequestAgeMs + 2 * clockSkewMs });
    return async (said) => {
      const sloUrl = sloOf(one) ?? addressNamed(said.message);
      const { clock, validateSchema } = bench;
      const reading = { partners, decryption, clockSkewMs, requestUse, sloUrl, clock, validateSchema };
      const accepted = await createLogoutReader(reading)(arrivedOf(said));
      return {
        issuer: accepted.partner.entityId,
        requestId: accepted.id,
        subject: accepted.name.value,
        subjectFormat: accepted.name.format,
        sessionIndexes: accepted.sessionIndexes,
      };
    };
  },
};

export const logoutAnswers: KindJudge = {
  unchecked: (one) => [...uncheckedAddress(one), ...(one.inResponseTo === undefined ? ['in-response-to'] : [])],
  diagnose: diagnoseLogout,
  async prepare(one, bench) {
    const partners = await sendersOf(one, bench);
    const judge = createLogoutAnswerJudge(bench.validateSchema);
    return async (said) => {
      const claimed = parseLogoutResponse(said.message);
      const partner = await partners.find(claimed.issuer, bench.clock.now());
      const inResponseTo = one.inResponseTo ?? claimed.inResponseTo;
      // Over SOAP the answer comes down the connection, and need not say whom it is for.
      const address = said.document === said.message ? { sloUrl: sloOf(one) ?? addressNamed(said.message) } : {};
      const expected = { partner, inResponseTo, authenticated: false, ...address };
      const { document, message, redirect } = { redirect: undefined, ...arrivedOf(said) };
      const { outcome, detail } = await judge(document, message, expected, redirect);
      return { issuer: partner.entityId, inResponseTo: claimed.inResponseTo, outcome, detail };
    };
  },
};

type Row = readonly [check: string, clause: string, fault: Diagnosis['fault'] | 'sender', fix: string];

const rows: Partial<Readonly<Record<ErrorCode, Row>>> = {
  ERR_SAML_DESTINATION: [
    'destination',
    'saml-bindings §3.4.5.2',
    'sender',
    'Give the other side our metadata again; check public URL and proxies. A signed logout message has to say whom it is for.',
  ],
  ERR_SAML_EXPIRED: [
    'issue-instant',
    'saml-core §3.7.1',
    'clocks',
    'Set the clocks of both sides (NTP). If they are right, the request was kept for too long.',
  ],
  ERR_SAML_REPLAYED: [
    'replay',
    'saml-core §3.7.3',
    'user-agent',
    'A logout message counts once. If nobody pressed "back" or "reload", somebody sends it twice.',
  ],
  ERR_SAML_ISSUER: [
    'issuer',
    'saml-profiles §4.4.4.2',
    'attacker?',
    'The answer has to come from whom it was asked of. Ask again; if it happens again, somebody answers for others.',
  ],
  ERR_SAML_IN_RESPONSE_TO: [
    'in-response-to',
    'saml-core §3.2.2',
    'user-agent',
    'The answer belongs to another logout. If nobody pressed "back" or "reload", somebody brought it from elsewhere.',
  ],
  ERR_SAML_SIGNATURE_REQUIRED: [
    'signature-missing',
    'saml-profiles §4.4.4.1',
    'sender',
    'Let the sender sign logout messages: whoever may send one can end a session.',
  ],
};

function diagnoseLogout(error: GatehouseError, as: Side): Diagnosis | undefined {
  const row = rows[error.code];
  if (row === undefined) return diagnoseMessage(error, partiesAt[as]);
  const [check, clause, fault, fix] = row;
  return { check, clause, fault: fault === 'sender' ? partiesAt[as].sender : fault, fix };
}
