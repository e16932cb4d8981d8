/** @module Judges what a service provider asks an identity provider: an AuthnRequest, and questions over SOAP. */
import { createEcpRequestReader } from '../../protocols/saml-idp/ecp-request-reader.ts';
import { diagnoseRequest } from '../../protocols/saml-idp/request-diagnosis.ts';
import { createRequestReader, maxRequestAgeMs } from '../../protocols/saml-idp/request-reader.ts';
import { createSignedQueries } from '../../protocols/saml-idp/signed-queries.ts';
import { defaultClockSkewMs } from '../../protocols/saml-sp/accepted-response.ts';
import { createRequestUse } from '../../saml/request-use.ts';
import { parseArtifactResolve } from '../../wire/saml/artifact-messages.ts';
import type { MessageHeader } from '../../wire/saml/message-header.ts';
import { parseAssertionIdRequest, parseAttributeQuery } from '../../wire/saml/queries.ts';
import type { XmlElement } from '../../wire/xml/element.ts';
import { addressNamed } from './address.ts';
import { type Bench, defaultEndpoint, type KindJudge, type Said } from './judging.ts';
import type { SamlCase } from './saml-case.ts';

const ssoOf = ({ sso, entityId }: SamlCase) => sso ?? defaultEndpoint(entityId, 'sso');

/** What the readers of the identity provider work with. */
export async function readingOf(one: SamlCase, { inputs, clock, ephemeral, validateSchema }: Bench) {
  const clockSkewMs = one.skewSeconds === undefined ? defaultClockSkewMs : one.skewSeconds * 1000;
  const requestUse = createRequestUse({ ephemeral, keepMs: maxRequestAgeMs + 2 * clockSkewMs });
  const partners = await inputs.serviceProviders(one);
  return { partners, clock, clockSkewMs, requestUse, validateSchema };
}

export const authnRequests: KindJudge = {
  unchecked: (one) => (ssoOf(one) === undefined ? ['destination'] : []),
  diagnose: diagnoseRequest,
  async prepare(one, bench) {
    const reading = await readingOf(one, bench);
    return async (said) => {
      const { arrived, document, message } = said;
      const ssoUrl = ssoOf(one) ?? addressNamed(message);
      const read = createRequestReader({ ...reading, entityId: one.entityId, ssoUrl });
      const accepted = await (document === message ? read(arrived) : acceptedOverSoap(one, said, reading));
      await reading.requestUse.use(accepted);
      const { partner: issuer, ...request } = accepted;
      return { issuer, request };
    };
  },
};

/** Whoever makes a request for a client that is no browser need not know to whom it is taken (saml-profiles §4.2.4). */
async function acceptedOverSoap(one: SamlCase, said: Said, reading: Awaited<ReturnType<typeof readingOf>>) {
  const soapUrl = defaultEndpoint(one.entityId, 'soap') ?? addressNamed(said.message);
  const read = createEcpRequestReader({ ...reading, entityId: one.entityId, soapUrl });
  return (await read(said)).accepted;
}

/** A question over SOAP, which has to be signed. */
function signedQuestions<T extends MessageHeader & { readonly hasSignature: boolean }>(
  endpoint: 'artifact' | 'soap',
  parse: (message: XmlElement) => T,
  asked: (query: T) => readonly string[],
): KindJudge {
  const addressOf = ({ entityId }: SamlCase) => defaultEndpoint(entityId, endpoint);
  return {
    unchecked: (one) => (addressOf(one) === undefined ? ['destination'] : []),
    diagnose: diagnoseRequest,
    async prepare(one, bench) {
      const queries = createSignedQueries(await readingOf(one, bench));
      return async (said) => {
        const address = addressOf(one) ?? addressNamed(said.message);
        const { partner, query } = await queries.accept(said, parse, address);
        return { issuer: partner.entityId, requestId: query.id, asked: asked(query) };
      };
    },
  };
}

export const artifactResolves = signedQuestions('artifact', parseArtifactResolve, ({ artifact }) => [artifact]);
/** The attributes that are wanted; none: all that the partner may have. */
export const attributeQueries = signedQuestions('soap', parseAttributeQuery, ({ attributes }) =>
  attributes.map(({ name }) => name),
);
export const assertionRequests = signedQuestions('soap', parseAssertionIdRequest, ({ ids }) => ids);
