/** @module `/saml/idp/artifact`: where partners ask over SOAP, without a browser (saml-bindings §3.2). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { decodeUtf8 } from '../../wire/encoding/utf8.ts';
import { readSoap, soapContentType, writeSoap } from '../../wire/saml/soap.ts';
import { parseXml } from '../../wire/xml/parse.ts';
import { type Artifacts, artifactPath } from './artifacts.ts';
import type { ArrivedQuery } from './signed-queries.ts';

export interface SamlSoapOptions {
  readonly artifacts: Artifacts;
  readonly audit: AuditTrail;
  readonly domain: string;
}

interface SoapRoute {
  Body: Uint8Array | undefined;
}

export function mountSamlSoap(app: FastifyInstance, options: SamlSoapOptions): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(soapContentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

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
  });
}

function sendSoap(reply: FastifyReply, envelope: string): FastifyReply {
  return reply.type(`${soapContentType}; charset=utf-8`).header('cache-control', 'no-store').send(envelope);
}

/** @throws ERR_SAML_MALFORMED */
function arrivedQuery(body: FastifyRequest<SoapRoute>['body']): ArrivedQuery {
  if (body === undefined) throw new GatehouseError('ERR_SAML_MALFORMED', 'the request has no SOAP envelope');
  const document = parseXml(decodeUtf8(body));
  const said = readSoap(document);
  if (said.kind === 'message') return { document, message: said.element };
  throw new GatehouseError('ERR_SAML_MALFORMED', 'a fault was sent to where requests are read');
}
