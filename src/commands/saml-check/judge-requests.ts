/** @module Judges what a service provider asks an identity provider: an AuthnRequest, or for the message behind an artifact. */
import { diagnoseRequest } from '../../protocols/saml-idp/request-diagnosis.ts';
import { createRequestReader, maxRequestAgeMs } from '../../protocols/saml-idp/request-reader.ts';
import { createRequestUse } from '../../protocols/saml-idp/request-use.ts';
import { createSignedQueries } from '../../protocols/saml-idp/signed-queries.ts';
import { defaultClockSkewMs } from '../../protocols/saml-sp/accepted-response.ts';
import { parseArtifactResolve } from '../../wire/saml/artifact-messages.ts';
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import { addressNamed } from './address.ts';
import { type Bench, defaultEndpoint, type KindJudge } from './judging.ts';
import type { SamlCase } from './saml-case.ts';

const ssoOf = ({ sso, entityId }: SamlCase) => sso ?? defaultEndpoint(entityId, 'sso');
const artifactOf = ({ entityId }: SamlCase) => defaultEndpoint(entityId, 'artifact');

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
    return async ({ arrived, document, message }) => {
      const ssoUrl = ssoOf(one) ?? addressNamed(message);
      const read = createRequestReader({ ...reading, entityId: one.entityId, ssoUrl });
      const accepted = await read(
        document === message ? arrived : { binding: 'HTTP-POST', xml: canonicalize(message) },
      );
      await reading.requestUse.use(accepted);
      const { partner: issuer, ...request } = accepted;
      return { issuer, request };
    };
  },
};

export const artifactResolves: KindJudge = {
  unchecked: (one) => (artifactOf(one) === undefined ? ['destination'] : []),
  diagnose: diagnoseRequest,
  async prepare(one, bench) {
    const queries = createSignedQueries(await readingOf(one, bench));
    return async (said) => {
      const address = artifactOf(one) ?? addressNamed(said.message);
      const { partner, query } = await queries.accept(said, parseArtifactResolve, address);
      return { issuer: partner.entityId, requestId: query.id, artifact: query.artifact };
    };
  },
};
