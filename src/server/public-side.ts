/** @module What answers on the public side: sign-in, sign-out, account, SAML on both sides, and the gateway behind them. */
import type { FastifyInstance } from 'fastify';
import { qrSquares } from '../adapters/qr-code.ts';
import type { Configuration } from '../config/configuration.ts';
import type { LiveSessions } from '../http/live-session.ts';
import { guardPages } from '../http/navigation.ts';
import type { RefusalRecorder } from '../http/refusal.ts';
import { mountAccount } from '../protocols/account/endpoints.ts';
import { path as oneTimeCodesPath } from '../protocols/account/pages.ts';
import { continuePath } from '../protocols/gateway/challenge.ts';
import { type LoginEndpointOptions, mountLoginEndpoint } from '../protocols/login/login-endpoint.ts';
import { mountLogoutChain } from '../protocols/login/logout-chain.ts';
import { mountLogoutEndpoint } from '../protocols/login/logout-endpoint.ts';
import { mountNegotiateEndpoint } from '../protocols/login/negotiate-endpoint.ts';
import { mountPortal } from '../protocols/portal/endpoints.ts';
import { createEcp } from '../protocols/saml-idp/ecp.ts';
import { mountSamlIdp, sloPath } from '../protocols/saml-idp/endpoints.ts';
import type { Partner } from '../protocols/saml-idp/partner.ts';
import { createQueryAnswers } from '../protocols/saml-idp/query-answers.ts';
import { createSignOn } from '../protocols/saml-idp/sign-on.ts';
import { createCompletion } from '../protocols/saml-sp/completion.ts';
import { mountSamlSp } from '../protocols/saml-sp/endpoints.ts';
import { createSignIn } from '../protocols/saml-sp/sign-in.ts';
import { mountSamlLogout } from '../saml/logout-endpoint.ts';
import { createSingleLogout } from '../saml/single-logout.ts';
import type { Clock } from '../spi/clock.ts';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import { GatehouseError } from '../spi/errors.ts';
import { accountPlaces, oneTimeCodesByDomain } from './account.ts';
import { applicationEntrance, provableAt, samlEcpEntrance, samlIdpEntrance } from './entrances.ts';
import type { BuiltLogouts } from './logouts.ts';
import type { Revision } from './revision.ts';
import type { SamlIdp } from './saml-idp.ts';
import { idpSide } from './saml-logout.ts';
import type { SamlSp } from './saml-sp.ts';

/** What every page may need of the person before it. */
export interface Visit extends Omit<LoginEndpointOptions, 'entrances'> {
  readonly liveSession: LiveSessions;
  readonly clock: Clock;
}

export interface PublicSideParts {
  readonly configuration: Configuration;
  readonly publicUrl: string;
  readonly httpsPort: number | undefined;
  readonly revision: Revision;
  readonly ephemeral: EphemeralStore;
  readonly visit: Visit;
  readonly logout: BuiltLogouts;
  readonly saml: SamlIdp | undefined;
  readonly serviceProvider: SamlSp | undefined;
  readonly recorder: RefusalRecorder;
}

export async function mountPublicSide(app: FastifyInstance, parts: PublicSideParts): Promise<void> {
  await app.register(async (pages) => {
    guardPages(pages, parts.publicUrl);
    mountSignInAndOut(pages, parts);
    mountAccountPages(pages, parts);
    mountIdentityProvider(pages, parts);
    mountServiceProviders(pages, parts);
  });
  await mountApplications(app, parts);
}

function mountSignInAndOut(pages: FastifyInstance, { revision, ephemeral, visit, logout }: PublicSideParts): void {
  const signingIn = { ...visit, entrances: revision.entrances };
  mountLoginEndpoint(pages, signingIn);
  mountNegotiateEndpoint(pages, signingIn);
  mountLogoutEndpoint(pages, { ...visit, ...logout });
  mountLogoutChain(pages, { ...visit, ...logout, ephemeral });
}

function mountAccountPages(pages: FastifyInstance, { configuration, revision, visit, saml }: PublicSideParts): void {
  const codes = oneTimeCodesByDomain(revision);
  const places = accountPlaces(configuration, revision.entrances, codes);
  if (places === undefined) return;
  const patience = () => AbortSignal.timeout(configuration.login.moduleDeadlineMs);
  const home = saml === undefined ? undefined : '/';
  mountAccount(pages, { ...visit, codes, places, home, drawQr: qrSquares, patience });
}

function mountIdentityProvider(pages: FastifyInstance, parts: PublicSideParts): void {
  const { configuration, revision, ephemeral, visit, logout, saml } = parts;
  const domain = configuration.samlIdp?.securityDomain;
  if (domain === undefined || saml === undefined) return;
  const at = { ...visit, ...saml, domain, entrance: samlIdpEntrance };
  const queries = createQueryAnswers({ ...saml.querying, domain, sessions: visit.sessions });
  const entrance = revision.entrances.get(samlEcpEntrance);
  // A one-time code is asked for by a page: what else the domain has can be proved.
  const alone = { entrance, readRequest: saml.readEcpRequest, provable: provableAt(entrance, undefined) };
  const ecp = entrance && createEcp({ ...at, ...alone, entrance });
  mountSamlIdp(pages, { ...at, signOn: createSignOn(at), queries, ecp, recorder: parts.recorder });
  const side = { side: idpSide, entityId: saml.entityId, messages: saml.logoutMessages };
  const single = createSingleLogout({ ...at, ...logout, ...side, ephemeral });
  mountSamlLogout(pages, sloPath, () => single);
  mountPortal(pages, {
    ...at,
    ...(oneTimeCodesByDomain(revision).has(domain) ? { oneTimeCodesPath } : {}),
    apps: () => appLinks(saml.partners.list(visit.clock.now())),
  });
}

function mountServiceProviders(pages: FastifyInstance, parts: PublicSideParts): void {
  const { revision, ephemeral, visit, logout, serviceProvider } = parts;
  if (serviceProvider === undefined) return;
  const at = { ...visit, ...serviceProvider, entrances: revision.entrances, resumePath: continuePath };
  mountSamlSp(pages, { ...at, signIn: createSignIn(at), complete: createCompletion(at) });
  const singles = new Map(
    [...serviceProvider.logoutSides].map(([name, side]) => [
      name,
      createSingleLogout({ ...visit, ...logout, ...side, ephemeral }),
    ]),
  );
  mountSamlLogout(pages, '/saml/sp/:app/slo', ({ params }) => {
    const single = singles.get(params['app'] ?? '');
    if (single !== undefined) return single;
    throw new GatehouseError('ERR_NOT_FOUND', 'no application of this name signs in by SAML');
  });
}

async function mountApplications(app: FastifyInstance, parts: PublicSideParts): Promise<void> {
  const { publicUrl, revision, visit } = parts;
  const { applications } = parts.configuration;
  if (applications.length === 0) return;
  const { mountGateway } = await import('../protocols/gateway/endpoints.ts');
  await mountGateway(app, {
    ...visit,
    applications: applications.map((one) => ({ ...one, entrance: applicationEntrance(one.name) })),
    entrances: revision.entrances,
    authorization: revision.authorization,
    ownCookies: [
      ...visit.sessionCookie.names,
      ...visit.browserKey.cookieNames,
      ...visit.probes.cookieNames,
      ...(parts.serviceProvider?.cookieNames ?? []),
    ],
    publicHost: new URL(publicUrl).host,
    httpsOrigin: httpsOriginOf(publicUrl, parts.httpsPort),
  });
}

function appLinks(partners: readonly Partner[]) {
  const startable = partners.filter(({ assertionConsumerServices }) => assertionConsumerServices.browser.length > 0);
  return startable.map((partner) => ({
    name: partner.displayName,
    href: `/saml/idp/start?sp=${encodeURIComponent(partner.entityId)}`,
  }));
}

/** Where confidential requests go: the HTTPS listener, or a proxy in front that the public URL names. */
function httpsOriginOf(publicUrl: string, port: number | undefined): string | undefined {
  const url = new URL(publicUrl);
  if (url.protocol === 'https:') return url.origin;
  return port === undefined ? undefined : `https://${url.hostname}:${port}`;
}
