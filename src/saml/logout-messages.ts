/** @module The logout messages that we send: requests to participants, answers to the partner that asked. */
import type { BrowserMessage } from '../engine/logout-messenger.ts';
import type { Clock, Random } from '../spi/clock.ts';
import type { LogoutParticipant } from '../spi/logout-ledger.ts';
import type { Signer } from '../spi/signer.ts';
import type { EncryptFor } from '../wire/saml/assertion-writer.ts';
import { nameIdFormats } from '../wire/saml/constants.ts';
import { buildLogoutRequest, type LogoutRequestInput, signLogoutRequest } from '../wire/saml/logout-request.ts';
import { buildLogoutResponse, type LogoutStatus, signLogoutResponse } from '../wire/saml/logout-response.ts';
import { buildRedirectUrl } from '../wire/saml/redirect-writer.ts';
import type { RespondingEndpoint } from '../wire/saml/sp-metadata.ts';
import type { LogoutPartner } from './logout-partner.ts';

export interface LogoutMessagesOptions<P extends LogoutPartner> {
  /** Ours. */
  readonly entityId: string;
  /** Asked for each message: keys roll over while the server runs. */
  readonly signerFor: (partner: P) => Signer;
  /** Encrypts the name for the partner; `undefined`: it gets names as they are. */
  readonly encryptFor: (partner: P) => EncryptFor | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

export interface SentRequest {
  readonly id: string;
  readonly message: BrowserMessage;
}

export interface LogoutMessages<P extends LogoutPartner> {
  /** Signed, for the body of a SOAP envelope. */
  request(
    partner: P,
    endpoint: RespondingEndpoint,
    participant: LogoutParticipant,
  ): Promise<{ id: string; xml: string }>;
  requestByBrowser(partner: P, endpoint: RespondingEndpoint, participant: LogoutParticipant): Promise<SentRequest>;
  answerByBrowser(endpoint: RespondingEndpoint, answer: LogoutAnswer<P>): Promise<BrowserMessage>;
  /** Signed, for the body of a SOAP envelope. */
  answer(answer: LogoutAnswer<P>): Promise<string>;
}

export interface LogoutAnswer<P extends LogoutPartner> {
  /** Who asked. */
  readonly partner: P;
  readonly inResponseTo: string;
  readonly status: LogoutStatus;
  readonly relayState?: string | undefined;
}

/** A request is for now: whoever finds it later must not end anything with it. */
const requestLifetimeMs = 5 * 60_000;
const idBytes = 20;

export function createLogoutMessages<P extends LogoutPartner>(options: LogoutMessagesOptions<P>): LogoutMessages<P> {
  const { entityId: issuer, clock, random, signerFor } = options;
  const newId = () => `_${Buffer.from(random.bytes(idBytes)).toString('hex')}`;

  function inputOf(
    partner: P,
    { location: destination }: RespondingEndpoint,
    { nameId, nameIdFormat, nameQualifier, spNameQualifier, sessionIndex }: LogoutParticipant,
  ): LogoutRequestInput {
    const now = clock.now();
    const encrypt = options.encryptFor(partner);
    const name = {
      format: nameIdFormat ?? nameIdFormats.unspecified,
      value: nameId ?? '',
      ...(nameQualifier === undefined ? {} : { nameQualifier }),
      ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
    };
    return {
      ...{ id: newId(), now, issuer, destination, name, notOnOrAfter: now + requestLifetimeMs },
      ...(sessionIndex === undefined ? {} : { sessionIndex }),
      ...(encrypt === undefined ? {} : { encrypt }),
    };
  }

  const answerOf = ({ inResponseTo, status }: LogoutAnswer<P>) => ({
    id: newId(),
    now: clock.now(),
    issuer,
    inResponseTo,
    status,
  });

  return {
    async request(partner, endpoint, participant) {
      const input = inputOf(partner, endpoint, participant);
      return { id: input.id, xml: await signLogoutRequest(input, signerFor(partner)) };
    },
    async requestByBrowser(partner, endpoint, participant) {
      const input = inputOf(partner, endpoint, participant);
      const url = endpoint.location;
      if (endpoint.binding === 'HTTP-POST') {
        const fields = {
          SAMLRequest: encoded(await signLogoutRequest(input, signerFor(partner))),
          RelayState: input.id,
        };
        return { id: input.id, message: { method: 'POST', url, fields } };
      }
      const redirect = { parameter: 'SAMLRequest', xml: buildLogoutRequest(input), relayState: input.id } as const;
      return {
        id: input.id,
        message: { method: 'GET', url: await buildRedirectUrl(url, redirect, signerFor(partner)) },
      };
    },
    async answerByBrowser(endpoint, answer) {
      const url = endpoint.responseLocation ?? endpoint.location;
      const input = { ...answerOf(answer), destination: url };
      const { relayState } = answer;
      if (endpoint.binding === 'HTTP-POST') {
        const message = { SAMLResponse: encoded(await signLogoutResponse(input, signerFor(answer.partner))) };
        const fields = relayState === undefined ? message : { ...message, RelayState: relayState };
        return { method: 'POST', url, fields };
      }
      const redirect = { parameter: 'SAMLResponse', xml: buildLogoutResponse(input), relayState } as const;
      return { method: 'GET', url: await buildRedirectUrl(url, redirect, signerFor(answer.partner)) };
    },
    answer: (answer) => signLogoutResponse(answerOf(answer), signerFor(answer.partner)),
  };
}

function encoded(xml: string): string {
  return Buffer.from(xml, 'utf8').toString('base64');
}
