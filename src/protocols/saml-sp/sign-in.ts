/** @module `/saml/sp/:app/login`: a parked request on its way to an identity provider, by way of a choice where there are several. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type CarriedMessage, sendBrowserMessage } from '../../http/browser-message.ts';
import type { OpaqueCookie } from '../../http/cookies.ts';
import { parseForm, requiredField } from '../../http/form.ts';
import { sendPage } from '../../http/page.ts';
import type { ParkedLogin, Parking } from '../../http/parking.ts';
import type { WaitingCookie } from '../../http/waiting-cookie.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { Signer } from '../../spi/signer.ts';
import { type AuthnRequestInput, buildAuthnRequest, signAuthnRequest } from '../../wire/saml/authn-request-writer.ts';
import { buildRedirectUrl } from '../../wire/saml/redirect-writer.ts';
import { discoveryPage } from './discovery-page.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { choiceOf } from './remembered-choice.ts';
import type { IssuedRequest, RequestIds } from './request-ids.ts';
import { loginPath, type ServiceProvider } from './service-provider.ts';

export interface SignInOptions {
  /** For an identity provider, at this moment. */
  readonly signer: (entityId: string) => Signer;
  readonly requestIds: RequestIds;
  readonly parking: Parking;
  readonly waiting: WaitingCookie;
  /** The identity provider that this browser was sent to last. */
  readonly choice: OpaqueCookie;
  readonly clock: Clock;
}

/** Where a parked request of an application resumes: set by whoever parks. */
export interface FrontPage {
  readonly resumePath: string;
}

export type SignIn = (request: FastifyRequest, reply: FastifyReply, sp: ServiceProvider) => Promise<FastifyReply>;

export function createSignIn(options: SignInOptions & FrontPage): SignIn {
  const { clock, parking } = options;

  /** What waits for the sign-in; the application's front page where nothing does. */
  async function parkedFor(request: FastifyRequest, reply: FastifyReply, sp: ServiceProvider): Promise<ParkedLogin> {
    const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
    if (!query.has('pending')) return parkFrontPage(parking, { request, reply }, sp, options);
    const parked = await parking.read(request, requiredField(parseForm(query.toString()), 'pending'));
    if (parked.pending.entrance !== sp.entrance || parked.pending.domain !== sp.domain) {
      throw new GatehouseError('ERR_LOGIN_EXPIRED', 'parked for another application');
    }
    return parked;
  }

  async function send(
    on: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    sp: ServiceProvider,
    provider: IdentityProvider,
    parked: ParkedLogin,
  ): Promise<FastifyReply> {
    const { request, reply } = on;
    const issued = options.requestIds.issue(sp.application, provider.entityId);
    if (!options.waiting.remember(request, reply, issued.name, parked.id)) {
      // The address is too long for a browser to keep: the person comes back to the front page.
      const { id } = await parkFrontPage(parking, on, sp, options);
      options.waiting.remember(request, reply, issued.name, id);
    }
    options.choice.set(reply, choiceOf(provider.entityId));
    const message = await messageTo(sp, provider, issued, options.signer(provider.entityId), clock.now());
    return sendBrowserMessage(reply, message, provider.displayName);
  }

  return async (request, reply, sp) => {
    const parked = await parkedFor(request, reply, sp);
    const asked = new URLSearchParams(request.url.split('?', 2)[1] ?? '').getAll('idp');
    if (asked.length > 1) throw new GatehouseError('ERR_REQUEST_MALFORMED', 'one idp parameter at most');
    const [entityId] = asked;
    if (entityId !== undefined) {
      const provider = await sp.providers.find(entityId.trim(), clock.now());
      return send({ request, reply }, sp, provider, parked);
    }
    const listed = sp.providers.list(clock.now());
    const [only, second] = listed;
    if (only !== undefined && second === undefined && !sp.providers.hasOthers) {
      return send({ request, reply }, sp, only, parked);
    }
    if (only === undefined && !sp.providers.hasOthers) {
      throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'no identity provider of the application can be used now', {
        facts: { application: sp.application },
      });
    }
    const page = discoveryPage({
      application: sp.application,
      action: loginPath(sp.application),
      pending: parked.id,
      providers: listed,
      last: options.choice.read(request),
      hasOthers: sp.providers.hasOthers,
    });
    return sendPage(reply, 200, page);
  };
}

/** Parks "the front page, please" for this browser. */
export function parkFrontPage(
  parking: Parking,
  on: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  sp: ServiceProvider,
  { resumePath }: FrontPage,
): Promise<ParkedLogin> {
  const { domain, entrance, application, frontPage: state } = sp;
  return parking.park(on, { domain, entrance, application, resumePath, state });
}

async function messageTo(
  sp: ServiceProvider,
  { signOnService, settings }: IdentityProvider,
  { id, name }: IssuedRequest,
  signer: Signer,
  now: number,
): Promise<CarriedMessage> {
  const { location: url, binding } = signOnService;
  const input: AuthnRequestInput = {
    id,
    now,
    issuer: sp.entityId,
    destination: url,
    acs: { url: sp.acsUrl, binding: sp.responseBinding },
    forceAuthn: settings.forceAuthn,
    nameIdFormat: settings.nameIdFormat,
    authnContext: settings.authnContext,
  };
  if (binding === 'HTTP-POST') {
    const SAMLRequest = Buffer.from(await signAuthnRequest(input, signer), 'utf8').toString('base64');
    return { method: 'POST', url, fields: { SAMLRequest, RelayState: name } };
  }
  const redirect = { parameter: 'SAMLRequest', xml: buildAuthnRequest(input), relayState: name } as const;
  return { method: 'GET', url: await buildRedirectUrl(url, redirect, signer) };
}
