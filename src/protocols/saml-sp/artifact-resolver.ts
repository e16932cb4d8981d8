/** @module From an artifact to the Response behind it: asked for at the identity provider that issued it, over SOAP, once (saml-profiles §5). */
import type { BackChannel } from '../../spi/back-channel.ts';
import type { Clock, Random } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Signer } from '../../spi/signer.ts';
import { decodeUtf8 } from '../../wire/encoding/utf8.ts';
import { parseArtifact } from '../../wire/saml/artifact.ts';
import {
  type ArtifactResponse,
  parseArtifactResponse,
  signArtifactResolve,
} from '../../wire/saml/artifact-messages.ts';
import { statusCodes } from '../../wire/saml/constants.ts';
import { readSoap, soapAction, soapContentType, writeSoap } from '../../wire/saml/soap.ts';
import { canonicalize } from '../../wire/xml/canonicalize.ts';
import type { NamespaceScope, XmlElement } from '../../wire/xml/element.ts';
import { messageLimits } from '../../wire/xml/limits.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { verifyEnveloped } from '../../wire/xml/verify.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { refusal } from './refusals.ts';
import type { ServiceProvider } from './service-provider.ts';

export interface ArtifactResolverOptions {
  /** For an identity provider, at this moment. */
  readonly signer: (entityId: string) => Signer;
  readonly backChannel: BackChannel;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when nobody waits any longer. */
  readonly patience: () => AbortSignal;
}

/** The XML of the Response. @throws ERR_SAML_*, ERR_XML_*; ERR_STORE_UNAVAILABLE when the provider does not answer */
export type ArtifactResolver = (artifact: string, sp: ServiceProvider) => Promise<string>;

/** Anybody can send artifacts that look good: each costs a question, and no more than these at once. */
const maxQuestions = 64;
const idBytes = 20;

export function createArtifactResolver(options: ArtifactResolverOptions): ArtifactResolver {
  const { clock } = options;
  let asking = 0;

  async function ask(artifact: string, endpointIndex: number, sp: ServiceProvider, provider: IdentityProvider) {
    const service = provider.artifactResolutionServices.find(({ index }) => index === endpointIndex);
    const facts = { partner: provider.entityId };
    if (service === undefined) {
      throw new GatehouseError('ERR_SAML_MALFORMED', 'the artifact names a service that its provider has not', {
        facts,
      });
    }
    const id = `_${Buffer.from(options.random.bytes(idBytes)).toString('hex')}`;
    const question = { id, now: clock.now(), issuer: sp.entityId, destination: service.location, artifact };
    const answer = await options.backChannel(
      {
        url: service.location,
        body: writeSoap(await signArtifactResolve(question, options.signer(provider.entityId))),
        headers: { 'content-type': `${soapContentType}; charset=utf-8`, soapaction: soapAction },
        maxBytes: messageLimits.maxBytes,
        onlyPrivate: provider.settings.onlyPrivate,
      },
      options.patience(),
    );
    if (answer.status === 'unreachable' || answer.httpStatus !== 200) {
      const reason = answer.status === 'unreachable' ? answer.reason : `http-${answer.httpStatus}`;
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the identity provider does not resolve artifacts now', {
        facts: { ...facts, reason },
      });
    }
    return messageIn(parseXml(decodeUtf8(answer.body)), id, provider);
  }

  return async (artifact, sp) => {
    const parsed = parseArtifact(artifact);
    if (parsed === undefined) throw new GatehouseError('ERR_SAML_MALFORMED', 'this is no artifact of type 4');
    const provider = await sp.providers.findBySource(parsed.sourceId, clock.now());
    if (asking >= maxQuestions) throw new GatehouseError('ERR_OVERLOADED', 'too many artifacts are being resolved');
    asking += 1;
    try {
      return await ask(artifact, parsed.endpointIndex, sp, provider);
    } finally {
      asking -= 1;
    }
  };
}

/**
 * The answer is believed to be the provider's by its signature where it has one. Where it has none nothing is lost: the message in it is
 * judged like one that a browser has brought, and has to be signed itself.
 */
function messageIn(document: XmlElement, question: string, provider: IdentityProvider): string {
  const facts = { partner: provider.entityId };
  const said = readSoap(document);
  if (said.kind === 'fault') {
    throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the identity provider answers with a SOAP fault', {
      facts: { ...facts, fault: said.code },
    });
  }
  return responseBehind({ document, message: said.element }, question, provider);
}

/**
 * The Response in an ArtifactResponse, as a document of its own. @param question the ID of what was asked; absent where nobody knows.
 * @throws ERR_SAML_*, ERR_XML_*
 */
export function responseBehind(
  { document, message }: { readonly document: XmlElement; readonly message: XmlElement },
  question: string | undefined,
  provider: Pick<IdentityProvider, 'entityId' | 'signingKeys'>,
): string {
  const facts = { partner: provider.entityId };
  const claimed = parseArtifactResponse(message);
  const answer = claimed.hasSignature
    ? parseArtifactResponse(verifyEnveloped(document, message, provider.signingKeys))
    : claimed;
  checkAnswer(answer, question, provider);
  if (answer.message === undefined) throw refusal('artifact', 'The identity provider has no message for it', facts);
  return canonicalize(answer.message, [...prefixesIn(answer.message)]);
}

function checkAnswer(
  answer: ArtifactResponse,
  question: string | undefined,
  { entityId }: Pick<IdentityProvider, 'entityId'>,
): void {
  const facts = { partner: entityId };
  if (answer.issuer !== entityId) {
    throw refusal('issuer', 'Another identity provider answers than has issued the artifact', facts);
  }
  if (question !== undefined && answer.inResponseTo !== question) {
    throw refusal('in-response-to', 'The answer is to another question about an artifact', facts);
  }
  if (answer.status.code !== statusCodes.Success) {
    throw refusal('status', 'The identity provider does not resolve the artifact', {
      ...facts,
      status: answer.status.code,
    });
  }
}

/**
 * Every prefix that is declared around or in the message: one may be used in values alone (`xsi:type="xs:string"`), where a canonical form
 * would leave its declaration out, and the text has to stand alone before the schema.
 */
function prefixesIn(element: XmlElement, found = new Set<string>()): ReadonlySet<string> {
  for (let at: NamespaceScope | undefined = element.scope; at !== undefined; at = at.outer) {
    found.add(at.prefix === '' ? '#default' : at.prefix);
  }
  for (const node of element.content) if (typeof node !== 'string') prefixesIn(node, found);
  return found;
}
