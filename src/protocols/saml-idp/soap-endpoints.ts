/** @module `/saml/idp/artifact` and `/saml/idp/soap`: where partners, and clients that are no browsers, ask over SOAP (saml-bindings §3.2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import { answerError } from '../../http/answer-error.ts';
import type { RefusalRecorder } from '../../http/refusal.ts';
import type { AuditType } from '../../spi/audit.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { decodeUtf8 } from '../../wire/encoding/utf8.ts';
import { samlNamespaces } from '../../wire/saml/constants.ts';
import { readSoap, soapContentType, writeSoap } from '../../wire/saml/soap.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { type Artifacts, artifactPath } from './artifacts.ts';
import type { Ecp } from './ecp.ts';
import type { QueryAnswer, QueryAnswers } from './query-answers.ts';
import type { ArrivedQuery } from './signed-queries.ts';
import { sendSoap, showSoapFault } from './soap-fault.ts';

export const soapPath = '/saml/idp/soap';

export interface SamlSoapOptions {
  readonly artifacts: Artifacts;
  readonly queries: QueryAnswers;
  /** Absent: clients have to be browsers. */
  readonly ecp: Ecp | undefined;
  readonly audit: AuditTrail;
  readonly recorder: RefusalRecorder;
  readonly domain: string;
}

interface SoapRoute {
  Body: Uint8Array | undefined;
}

export function mountSamlSoap(app: FastifyInstance, options: SamlSoapOptions): void {
  const { queries } = options;

  async function answered(request: FastifyRequest, reply: FastifyReply, type: AuditType, answer: QueryAnswer) {
    const { xml, partner, status, entry } = answer;
    await options.audit.record({
      type,
      outcome: status === 'Success' ? 'success' : 'failure',
      reason: status,
      domain: options.domain,
      application: partner.entityId,
      sourceAddress: request.ip,
      ...(entry === undefined ? {} : { principal: entry.principal, decision: entry.decision }),
    });
    return sendSoap(reply, writeSoap(xml));
  }

  app.register(async (scope) => {
    scope.addContentTypeParser(soapContentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error: unknown, request, reply) =>
      answerError(options.recorder, error, request, reply, showSoapFault),
    );

    scope.post<SoapRoute>(artifactPath, async (request, reply) => {
      const { xml, partner, found } = await options.artifacts.resolve(arrivedQuery(request.body));
      await options.audit.record({
        type: 'saml-artifact-resolved',
        outcome: found ? 'success' : 'failure',
        ...(found ? {} : { reason: 'unknown-artifact' }),
        domain: options.domain,
        application: partner.entityId,
        sourceAddress: request.ip,
      });
      return sendSoap(reply, writeSoap(xml));
    });

    /** One address for everything else: the message says itself what it is. */
    scope.post<SoapRoute>(soapPath, async (request, reply) => {
      const arrived = arrivedQuery(request.body);
      const { namespace, localName } = arrived.message;
      const name = namespace === samlNamespaces.samlp ? localName : '';
      if (name === 'AuthnRequest') return byClient(options.ecp, request, reply, arrived);
      if (name === 'AttributeQuery') {
        return answered(request, reply, 'saml-attributes-queried', await queries.attributes(arrived));
      }
      if (name === 'AssertionIDRequest') {
        return answered(request, reply, 'saml-assertions-queried', await queries.assertions(arrived));
      }
      return answered(request, reply, 'saml-request-refused', await queries.unsupported(arrived));
    });
  });
}

async function byClient(ecp: Ecp | undefined, request: FastifyRequest, reply: FastifyReply, arrived: ArrivedQuery) {
  if (ecp !== undefined) return ecp(request, reply, arrived);
  throw new GatehouseError('ERR_SAML_UNSUPPORTED', 'sign-on over SOAP is switched off: saml-idp.ecp');
}

/** @throws ERR_XML_*, ERR_SAML_MALFORMED */
function arrivedQuery(body: FastifyRequest<SoapRoute>['body']): ArrivedQuery {
  if (body === undefined) throw new GatehouseError('ERR_SAML_MALFORMED', 'the request has no SOAP envelope');
  const document = parseXml(decodeUtf8(body));
  const said = readSoap(document);
  if (said.kind === 'message') return { document, message: said.element };
  throw new GatehouseError('ERR_SAML_MALFORMED', 'a fault was sent to where requests are read');
}
