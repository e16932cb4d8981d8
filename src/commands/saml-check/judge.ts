/** @module The clinic's judge: the validators of the endpoints themselves, with what the case expects in place of a configuration. */
import { createMemoryEphemeralStore } from '../../adapters/memory-ephemeral-store.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { createSchemaWall } from '../../server/schema-wall.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { readSoap, soapNamespace } from '../../wire/saml/soap.ts';
import { isElement, type XmlElement } from '../../wire/xml/element.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { createInputs } from './inputs.ts';
import { logoutAnswers, logoutRequests } from './judge-logout.ts';
import { artifactResolves, assertionRequests, attributeQueries, authnRequests } from './judge-requests.ts';
import { artifactResponses, responses } from './judge-responses.ts';
import type { KindJudge, Said } from './judging.ts';
import { adviceFor, kindOf, type MessageKind } from './kinds.ts';
import { type Arrived, arrivedMessage } from './message.ts';
import type { SamlCase } from './saml-case.ts';
import type { Verdict } from './verdict.ts';

export interface JudgeOptions {
  readonly schemasFolder: string;
  readonly readStandardInput: () => Promise<Uint8Array>;
  /** Whether a message that was accepted once is refused the second time. */
  readonly remember: boolean;
}

/** @throws GatehouseError for what is wrong with the case and not with the message: metadata, key, file. */
export type Judge = (one: SamlCase) => Promise<Verdict>;

const judges: Readonly<Record<MessageKind, KindJudge>> = {
  Response: responses,
  ArtifactResponse: artifactResponses,
  AuthnRequest: authnRequests,
  ArtifactResolve: artifactResolves,
  AttributeQuery: attributeQueries,
  AssertionIDRequest: assertionRequests,
  LogoutRequest: logoutRequests,
  LogoutResponse: logoutAnswers,
};

export function createJudge(options: JudgeOptions): Judge {
  const validateSchema = createSchemaWall(options.schemasFolder);
  const inputs = createInputs(options.readStandardInput);
  let now = 0;
  const clock: Clock = { now: () => now, timer: systemClock.timer };
  const remembered = createMemoryEphemeralStore({ clock });

  return async (one) => {
    now = one.at ?? systemClock.now();
    const bytes = await inputs.message(one);
    const opened = openedMessage(bytes, one);
    const root = 'said' in opened ? opened.said.message : undefined;
    const usual = one.as === 'sp' ? 'Response' : 'AuthnRequest';
    const kind = (root && kindAt(root, one)) ?? usual;
    const judge = judges[kind];
    const ephemeral = options.remember ? remembered : createMemoryEphemeralStore({ clock });
    const check = await judge.prepare(one, { inputs, clock, validateSchema, ephemeral });
    const named = { id: one.id, as: one.as, kind, unchecked: judge.unchecked(one) };
    try {
      if ('fault' in opened) throw opened.fault;
      return { ...named, verdict: 'accept', ...(await check(opened.said)) };
    } catch (error) {
      // A refusal is a verdict; a fault that says nothing about the message goes on.
      const diagnosis = error instanceof GatehouseError ? judge.diagnose(error, one.as) : undefined;
      if (!(error instanceof GatehouseError) || diagnosis === undefined) throw error;
      const { code, message, facts } = error;
      const advice = root && kindAt(root, one) === undefined ? adviceFor(root, one.as) : undefined;
      return { ...named, verdict: 'refuse', code, ...diagnosis, ...(advice && { fix: advice }), message, facts };
    }
  };
}

/** Whoever names the endpoint of sign-on, and not that of logout, says where the message came: nothing else is taken there. */
function kindAt(root: XmlElement, { as, acs, sso, slo }: SamlCase): MessageKind | undefined {
  const kind = kindOf(root, as);
  const isElsewhere = slo === undefined && (as === 'sp' ? acs : sso) !== undefined;
  return isElsewhere && kind !== undefined && isLogout(kind) ? undefined : kind;
}

const isLogout = (kind: MessageKind) => kind === 'LogoutRequest' || kind === 'LogoutResponse';

/** What cannot even be read is refused as the endpoint for the usual message of this side would. */
function openedMessage(bytes: Uint8Array, one: SamlCase): { readonly said: Said } | { readonly fault: GatehouseError } {
  try {
    const arrived = arrivedMessage(bytes, one);
    const document = parseXml(xmlOf(arrived));
    return { said: { arrived, document, message: messageIn(document) } };
  } catch (fault) {
    if (!(fault instanceof GatehouseError)) throw fault;
    return { fault };
  }
}

function xmlOf(arrived: Arrived): string {
  return arrived.binding === 'HTTP-POST' ? arrived.xml : arrived.message.xml;
}

/** @throws ERR_SAML_MALFORMED */
function messageIn(document: XmlElement): XmlElement {
  if (!isElement(document, soapNamespace, 'Envelope')) return document;
  const body = readSoap(document);
  if (body.kind === 'message') return body.element;
  throw new GatehouseError('ERR_SAML_MALFORMED', 'the envelope holds a fault', { facts: { faultcode: body.code } });
}
