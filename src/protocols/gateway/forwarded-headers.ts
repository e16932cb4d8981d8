/** @module The header fields that go to an application and come back: nothing in them that a client could have forged. */
import type { HeaderFields } from '../../http/upstream.ts';
import { GatehouseError } from '../../spi/errors.ts';

/** RFC 9110 §7.6.1, and what RFC 2616 §13.5.1 called hop-by-hop. `expect` was answered here (RFC 9110 §10.1.1). */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Fields that speak about the client with our authority, or that make a framework behind see another path or method than
 * the one that was authorised. Compared after `_` and every other mark has become `-`: CGI, WSGI and PHP cannot tell them apart.
 */
const reserved =
  /^(?:x-remote-.*|remote-user|x-gatehouse-.*|x-forwarded-.*|forwarded|x-real-ip|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|x-auth-request-.*|x-webauth-.*|remote-groups|remote-name|remote-email|(?:x-)?(?:ssl-)?client-cert.*|(?:x-)?ssl-(?:client-|cert).*|x-client-(?:dn|verify).*|x-arr-clientcert|proxy)$/;

/**
 * Fields by which one application would speak for every page of our origin, the sign-in page among them. A page whose opener policy is
 * the same as that of our pages could open one of ours in a window and read it.
 */
const originWide = [
  'service-worker-allowed',
  'clear-site-data',
  'strict-transport-security',
  'public-key-pins',
  'cross-origin-opener-policy',
];

export interface ForwardedRequest {
  readonly method: string;
  readonly headers: HeaderFields;
  readonly sourceAddress: string;
  readonly scheme: string;
  /** As the browser asked for it. */
  readonly host: string;
}

export interface Forwarding {
  /** Who is authenticated; `undefined` on a path that is open to everybody. */
  readonly caller:
    | {
        readonly principal: string;
        readonly roles: readonly string[];
        /** He has shown nothing: the name is the domain's `unauthenticatedIdentity`. */
        readonly anonymous?: boolean;
      }
    | undefined;
  /** True when a mechanism has taken its evidence from the Authorization field: it is for us then. */
  readonly consumesAuthorization: boolean;
  readonly ownCookies: ReadonlySet<string>;
}

/** `headers.host` is left out: it is the application's own. @throws ERR_ACCESS_DENIED for a name that UTF-8 cannot carry. */
export function requestHeadersFor(
  request: ForwardedRequest,
  forwarding: Forwarding,
): Record<string, string | string[]> {
  const { headers } = request;
  const kept: Record<string, string | string[]> = {};
  const dropped = new Set([...hopByHop, ...listed(headers['connection']), 'host', 'cookie', 'via']);
  if (forwarding.consumesAuthorization) dropped.add('authorization');
  // A body that is not passed on must not be announced (RFC 9110 §9.3.1: it has no meaning there).
  if (request.method === 'GET' || request.method === 'HEAD') dropped.add('content-length');
  for (const [name, value] of Object.entries(headers)) {
    const guarded = reserved.test(name.replace(/[^a-z0-9]/g, '-'));
    if (value !== undefined && !guarded && !dropped.has(name)) kept[name] = value;
  }
  const cookie = foreignCookies(joined(headers['cookie'], '; '), forwarding.ownCookies);
  if (cookie !== '') kept['cookie'] = cookie;
  kept['via'] = joined([headers['via'] ?? [], '1.1 gatehouse'].flat(), ', ');
  kept['x-forwarded-for'] = request.sourceAddress;
  kept['x-forwarded-proto'] = request.scheme;
  if (request.host !== '') kept['x-forwarded-host'] = request.host;
  if (forwarding.caller !== undefined) {
    kept['x-remote-user'] = headerSafe(forwarding.caller.principal);
    kept['x-remote-roles'] = forwarding.caller.roles.map(headerSafe).join(',');
    if (forwarding.caller.anonymous === true) kept['x-remote-anonymous'] = 'true';
  }
  return kept;
}

export interface Returning {
  readonly ownCookies: ReadonlySet<string>;
  /** Origin of the application behind. */
  readonly upstream: string;
}

export function responseHeadersFor(headers: HeaderFields, returning: Returning): HeaderFields {
  const dropped = new Set([...hopByHop, ...listed(headers['connection']), ...originWide]);
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name)) kept[name] = value;
  }
  const { 'set-cookie': cookies, location } = kept;
  if (cookies !== undefined) {
    // undici gives a lone field as text.
    const foreign = [cookies].flat().filter((cookie) => !returning.ownCookies.has(setCookieName(cookie)));
    delete kept['set-cookie'];
    if (foreign.length > 0) kept['set-cookie'] = foreign;
  }
  if (typeof location === 'string') kept['location'] = publicLocation(location, returning.upstream);
  return kept;
}

/** One text of a field that may have come several times (RFC 9110 §5.3; cookies: RFC 9113 §8.2.3). */
function joined(field: string | string[] | undefined, separator: string): string {
  return [field ?? []].flat().join(separator);
}

/** The field names in a Connection field (RFC 9110 §7.6.1). */
function listed(connection: string | string[] | undefined): readonly string[] {
  return joined(connection, ',')
    .split(',')
    .map((name) => name.trim().toLowerCase());
}

function foreignCookies(field: string, own: ReadonlySet<string>): string {
  const pairs = field.split(';').map((pair) => pair.trim());
  return pairs.filter((pair) => pair !== '' && !own.has(pair.split('=', 1)[0]?.trim() ?? '')).join('; ');
}

/** The name under which the cookie will come back: a browser sends `=name=value`, a cookie without a name, as `name=value`. */
function setCookieName(cookie: string): string {
  return /^[\s=]*([^=;\s]*)/.exec(cookie)?.[1] ?? '';
}

/** An application that redirects to itself names an address that browsers cannot reach; the path is the same on our side. */
function publicLocation(location: string, upstream: string): string {
  if (!URL.canParse(location)) return location;
  const url = new URL(location);
  return url.origin === upstream ? `/${url.pathname.replace(/^\/+/, '')}${url.search}${url.hash}` : location;
}

/**
 * UTF-8 in percent escapes (RFC 3986 §2.1) for all but visible ASCII without `%`, `,` and `"`: names are separated by commas,
 * and no name can end the field.
 */
function headerSafe(name: string): string {
  if (!name.isWellFormed()) throw new GatehouseError('ERR_ACCESS_DENIED', 'name that UTF-8 cannot carry');
  return name.replace(/[^!#$&-+\--~]/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
