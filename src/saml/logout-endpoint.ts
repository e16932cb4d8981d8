/** @module `…/slo`: logout asked for by a partner (Redirect, POST, SOAP), and what partners answer when we ask. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FormFields, requiredField } from '../http/form.ts';
import { GatehouseError } from '../spi/errors.ts';
import { decodeUtf8 } from '../wire/encoding/utf8.ts';
import { type DecodedRedirect, decodePost, decodeRedirect } from '../wire/saml/bindings.ts';
import { readSoap, soapContentType } from '../wire/saml/soap.ts';
import { parseXml } from '../wire/xml/parse.ts';
import { queryOf } from './query.ts';
import { optionalRelayState } from './relay-state.ts';
import type { SingleLogout } from './single-logout.ts';

interface LogoutRoute {
  Params: Readonly<Record<string, string>>;
  Body: FormFields | Uint8Array | undefined;
}

/** @param logoutOf as which of our sides we are asked there. Throws ERR_NOT_FOUND. */
export function mountSamlLogout(
  app: FastifyInstance,
  sloPath: string,
  logoutOf: (request: FastifyRequest<LogoutRoute>) => SingleLogout,
): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(soapContentType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    scope.get<LogoutRoute>(sloPath, async (request, reply) => {
      const logout = logoutOf(request);
      const redirect = decodeRedirect(queryOf(request.url));
      const { parameter, xml, relayState } = redirect;
      return byBrowser(logout, { request, reply, parameter, xml, relayState, redirect });
    });

    scope.post<LogoutRoute>(sloPath, async (request, reply) => {
      const logout = logoutOf(request);
      const { body } = request;
      if (body instanceof Uint8Array) return bySoap(logout, reply, body, request.ip);
      const form = body ?? { fields: {}, repeated: [] };
      const parameter = 'SAMLResponse' in form.fields ? 'SAMLResponse' : 'SAMLRequest';
      if ('SAMLRequest' in form.fields && 'SAMLResponse' in form.fields) {
        throw new GatehouseError('ERR_SAML_MALFORMED', 'the form must hold either SAMLRequest or SAMLResponse');
      }
      const xml = decodePost(requiredField(form, parameter));
      return byBrowser(logout, { request, reply, parameter, xml, relayState: optionalRelayState(form) });
    });
  });
}

interface ByBrowser {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly parameter: DecodedRedirect['parameter'];
  readonly xml: string;
  readonly relayState: string | undefined;
  readonly redirect?: DecodedRedirect;
}

async function byBrowser(logout: SingleLogout, arrived: ByBrowser): Promise<FastifyReply> {
  const message = parseXml(arrived.xml);
  const { reply, redirect, relayState } = arrived;
  const said = { document: message, message, ...(redirect === undefined ? {} : { redirect }) };
  const on = { request: arrived.request, reply };
  return arrived.parameter === 'SAMLResponse' ? logout.answered(on, said) : logout.asked(on, said, relayState);
}

async function bySoap(logout: SingleLogout, reply: FastifyReply, body: Uint8Array, sourceAddress: string) {
  const document = parseXml(decodeUtf8(body));
  const said = readSoap(document);
  if (said.kind === 'fault')
    throw new GatehouseError('ERR_SAML_MALFORMED', 'a fault was sent to where requests are read');
  const answer = await logout.askedBySoap({ document, message: said.element }, sourceAddress);
  return reply.type(`${soapContentType}; charset=utf-8`).header('cache-control', 'no-store').send(answer);
}
