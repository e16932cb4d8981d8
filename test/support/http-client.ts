/** @module A browser without a window: a cookie jar for each host, redirects, forms; every name under `localhost` is loopback. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { formOf } from './html-page.ts';
import { noteSecret } from './secrets.ts';

export interface Reply {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Each `Set-Cookie` field of this answer. */
  readonly setCookies: readonly string[];
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Form fields in order; a pair may come twice. */
  readonly form?: readonly (readonly [string, string])[] | Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Sent as it is; the URL reader would tidy it up. */
  readonly rawPath?: string;
  /** For a certificate that nobody else signed. */
  readonly ca?: string;
}

export interface HttpClient {
  /** One request and its answer; no redirect is followed. */
  send(url: string, ask?: Ask): Promise<Reply>;
  /** Follows redirects as long as there are any, by GET as browsers do after 303 and 302. */
  open(url: string, ask?: Ask): Promise<Reply>;
  /** Fills in the first form of a page and sends it; its other fields go along as they are. */
  submit(page: Reply, fields?: Readonly<Record<string, string>>): Promise<Reply>;
  /** `undefined` when this host has set no such cookie. Ports have no part in it (RFC 6265 §8.5). */
  cookie(hostName: string, name: string): string | undefined;
  setCookie(hostName: string, name: string, value: string): void;
}

/** One more than any flow here needs; browsers give up at 20. */
const maxRedirects = 15;

/** `ca`: the one certificate that it trusts. */
export function createHttpClient({ ca }: Pick<Ask, 'ca'> = {}): HttpClient {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (hostName: string) => {
    const jar = jars.get(hostName) ?? new Map<string, string>();
    jars.set(hostName, jar);
    return jar;
  };

  async function send(url: string, ask: Ask = {}): Promise<Reply> {
    const { hostname } = new URL(url);
    const jar = jarOf(hostname);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    noteSent(ask);
    const reply = await exchange(url, {
      ...(ca === undefined ? {} : { ca }),
      ...ask,
      headers: { ...(cookie === '' ? {} : { cookie }), ...ask.headers },
    });
    for (const line of reply.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const gone = /;\s*max-age=0/i.test(line) || Date.parse(/;\s*expires=([^;]+)/i.exec(line)?.[1] ?? '') < Date.now();
      if (value.length >= leastTokenCharacters) noteSecret(`the cookie ${name}`, value);
      if (gone) jar.delete(name);
      else jar.set(name, value);
    }
    noteAnswered(reply);
    return reply;
  }

  async function open(url: string, ask?: Ask): Promise<Reply> {
    let reply = await send(url, ask);
    for (let redirects = 0; reply.headers.location !== undefined; redirects += 1) {
      if (redirects === maxRedirects) throw new Error(`too many redirects, the last from ${reply.url}`);
      reply = await send(new URL(reply.headers.location, reply.url).href);
    }
    return reply;
  }

  return {
    send,
    open,
    submit(page, fields = {}) {
      const form = formOf(page.text);
      return open(new URL(form.action, page.url).href, {
        method: form.method.toUpperCase(),
        form: { ...form.fields, ...fields },
      });
    },
    cookie: (hostName, name) => jars.get(hostName)?.get(name),
    setCookie: (hostName, name, value) => {
      jarOf(hostName).set(name, value);
    },
  };
}

/** A request without cookies, redirects or a kept-alive connection. */
export function exchange(url: string, ask: Ask = {}): Promise<Reply> {
  const { protocol, hostname, port, host, pathname, search } = new URL(url);
  const body = ask.form === undefined ? ask.body : new URLSearchParams(pairsOf(ask.form)).toString();
  const headers = {
    host,
    ...(ask.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    ...ask.headers,
  };
  const loopback = hostname === 'localhost' || hostname.endsWith('.localhost') ? '127.0.0.1' : hostname;
  const options = {
    host: loopback,
    port,
    path: ask.rawPath ?? `${pathname}${search}`,
    method: ask.method ?? 'GET',
    headers,
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const asked =
      protocol === 'https:' ? httpsRequest({ ...options, servername: hostname, ca: ask.ca }) : httpRequest(options);
    let answered = false;
    asked.on('response', (response) => {
      answered = true;
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          url,
          status: response.statusCode ?? 0,
          headers: response.headers,
          setCookies: response.headers['set-cookie'] ?? [],
          text: Buffer.concat(pieces).toString('utf8'),
        });
      });
    });
    // A server that has refused a large body hangs up while we still write it.
    asked.on('error', (error) => answered || reject(error));
    asked.end(body);
  });
}

function pairsOf(form: NonNullable<Ask['form']>): [string, string][] {
  const pairs: readonly (readonly [string, string])[] = isList(form) ? form : Object.entries(form);
  return pairs.map(([name, value]) => [name, value]);
}

function isList(form: NonNullable<Ask['form']>): form is readonly (readonly [string, string])[] {
  return Array.isArray(form);
}

/** Ids and tokens of ours are longer than names that may stand in a log. */
const leastTokenCharacters = 32;

/** Guesses such as "password" are words that any record may hold. */
const isWord = (text: string) => /^[a-z-]+$/i.test(text);

function noteSent({ form = [], headers = {} }: Ask): void {
  const fields = Array.isArray(form) ? form : Object.entries(form);
  for (const [name, value] of fields)
    if (/password/i.test(name) && !isWord(value)) noteSecret(`what was typed as ${name}`, value);
  const { authorization } = headers;
  if (typeof authorization === 'string') noteSecret('an Authorization header', authorization.replace(/^\w+ /, ''));
}

function noteAnswered({ headers, text }: Reply): void {
  const pending = /\/login\/([\w-]{32,})/.exec(headers.location ?? '')?.[1];
  if (pending !== undefined) noteSecret('the id of a pending login', pending);
  const answer = /name="SAMLResponse" value="([^"]+)"/.exec(text)?.[1];
  if (answer !== undefined) noteSecret('a SAML response', answer);
}
