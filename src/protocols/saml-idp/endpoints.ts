/** @module `/saml/idp/*`: metadata, single sign-on by Redirect and POST, IdP-initiated start, and going on after a login. */
import type { FastifyInstance } from 'fastify';
import { type FormFields, parseForm, requiredField } from '../../http/form.ts';
import { queryOf } from '../../saml/query.ts';
import { optionalRelayState } from '../../saml/relay-state.ts';
import type { Clock } from '../../spi/clock.ts';
import { decodePost, decodeRedirect } from '../../wire/saml/bindings.ts';
import { consumerServiceOf } from './consumer-service.ts';
import type { Partners } from './partners.ts';
import type { RequestReader } from './request-reader.ts';
import { continuePath, type SignOn } from './sign-on.ts';
import { mountSamlSoap, type SamlSoapOptions } from './soap-endpoints.ts';

export interface SamlIdpOptions extends SamlSoapOptions {
  readonly partners: Partners;
  readonly readRequest: RequestReader;
  readonly signOn: SignOn;
  /** The signed metadata document, made when asked for. */
  readonly metadata: () => Promise<string>;
  /** Told of each fetch, with the partner in whose name it was. */
  readonly metadataFetched: (partner: string | undefined) => void;
  readonly clock: Clock;
}

/** Single logout, by every binding. */
export const sloPath = '/saml/idp/slo';

export function mountSamlIdp(app: FastifyInstance, options: SamlIdpOptions): void {
  const { partners, readRequest, signOn } = options;

  /** `?sp=` says who fetches it, and makes no difference to what is given. */
  app.get('/saml/idp/metadata', async (request, reply) => {
    const xml = await options.metadata();
    options.metadataFetched(parseForm(queryOf(request.url)).fields['sp']);
    return reply.type('application/samlmetadata+xml').header('cache-control', 'public, max-age=300').send(xml);
  });

  app.get('/saml/idp/sso', async (request, reply) => {
    const message = decodeRedirect(queryOf(request.url));
    return signOn.begin(request, reply, await readRequest({ binding: 'HTTP-Redirect', message }));
  });

  app.post<{ Body: FormFields | undefined }>('/saml/idp/sso', async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    const relayState = optionalRelayState(form);
    const xml = decodePost(requiredField(form, 'SAMLRequest'));
    return signOn.beginByRedirect(reply, await readRequest({ binding: 'HTTP-POST', xml, relayState }));
  });

  /** IdP-initiated (saml-profiles §4.1.5): an unsolicited answer to the partner's default endpoint. */
  app.get('/saml/idp/start', async (request, reply) => {
    const form = parseForm(queryOf(request.url));
    const partner = await partners.find(requiredField(form, 'sp'), options.clock.now());
    const { location, binding } = consumerServiceOf(partner, partner.assertionConsumerServices.browser, {});
    return signOn.begin(request, reply, {
      partner: partner.entityId,
      acsUrl: location,
      binding,
      relayState: optionalRelayState(form),
      forceAuthn: false,
      isPassive: false,
    });
  });

  app.get(continuePath, (request, reply) => signOn.resume(request, reply));
  mountSamlSoap(app, options);
}
