/** @module Judges a Response as a service provider, also one that was fetched by artifact. */
import { defaultClockSkewMs, defaultMaxAuthnAgeMs } from '../../protocols/saml-sp/accepted-response.ts';
import { responseBehind } from '../../protocols/saml-sp/artifact-resolver.ts';
import { createAssertionUse } from '../../protocols/saml-sp/assertion-use.ts';
import { diagnoseResponse } from '../../protocols/saml-sp/refusals.ts';
import { createResponseValidator } from '../../protocols/saml-sp/response-validator.ts';
import { parseArtifactResponse } from '../../wire/saml/artifact-messages.ts';
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import type { XmlElement } from '../../wire/xml/element.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { addressNamed } from './address.ts';
import type { Bench, KindJudge } from './judging.ts';
import type { Arrived } from './message.ts';
import type { SamlCase } from './saml-case.ts';
import { type AcceptedAnswer, answerBody } from './verdict.ts';

type ResponseJudge = (arrived: Arrived, message: XmlElement) => Promise<AcceptedAnswer>;

async function responseJudge(one: SamlCase, bench: Bench): Promise<ResponseJudge> {
  const { inputs, clock, validateSchema } = bench;
  const find = await inputs.identityProviders(one);
  const decryption = await inputs.decryption(one);
  const validate = createResponseValidator({
    clock,
    validateSchema,
    trustIn: (issuer, now) => ({ keys: find(issuer, now).signingKeys, decryption }),
  });
  const use = createAssertionUse(bench);
  return async (arrived, message) => {
    const accepted = await validate(arrived, {
      entityId: one.entityId,
      acsUrl: one.acs ?? addressNamed(message),
      request: one.inResponseTo,
      allowUnsolicited: true,
      clockSkewMs: one.skewSeconds === undefined ? defaultClockSkewMs : one.skewSeconds * 1000,
      maxAuthnAgeMs: one.maxAuthnAgeSeconds === undefined ? defaultMaxAuthnAgeMs : one.maxAuthnAgeSeconds * 1000,
    });
    await use(accepted);
    return answerBody(accepted);
  };
}

/** An element of an envelope as the document that it would be alone: what is signed in it stays good. */
const alone = (message: XmlElement): Arrived => ({ binding: 'HTTP-POST', xml: canonicalize(message) });

const uncheckedAddresses = ({ acs }: SamlCase) => (acs === undefined ? ['destination', 'recipient'] : []);

export const responses: KindJudge = {
  unchecked: uncheckedAddresses,
  diagnose: diagnoseResponse,
  async prepare(one, bench) {
    const judge = await responseJudge(one, bench);
    return ({ arrived, document, message }) => judge(document === message ? arrived : alone(message), message);
  },
};

/** What answers an ArtifactResolve: whose question it was is known only to who asked, so `InResponseTo` of it is not checked. */
export const artifactResponses: KindJudge = {
  unchecked: (one) => [...uncheckedAddresses(one), 'artifact-resolve-id'],
  diagnose: diagnoseResponse,
  async prepare(one, bench) {
    const judge = await responseJudge(one, bench);
    const find = await bench.inputs.identityProviders(one);
    return async (said) => {
      const { issuer } = parseArtifactResponse(said.message);
      const xml = responseBehind(said, undefined, find(issuer, bench.clock.now()));
      await bench.validateSchema(canonicalize(said.message));
      return judge({ binding: 'HTTP-POST', xml }, parseXml(xml));
    };
  },
};
