/** @module `/account/one-time-codes`: a person who has just signed in sets up, replaces or removes an authenticator. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditTrail } from '../../engine/audit-trail.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import { type FormFields, requiredField } from '../../http/form.ts';
import type { LiveSessions } from '../../http/live-session.ts';
import { sendPage } from '../../http/page.ts';
import { type Parking, signInPath } from '../../http/parking.ts';
import type { Clock } from '../../spi/clock.ts';
import { GatehouseError } from '../../spi/errors.ts';
import type { OneTimeCodeChange, OneTimeCodeRefusal, OneTimeCodes } from '../../spi/one-time-codes.ts';
import { authenticatorPage, path, recoveryCodesPage, removedPage, type Squares } from './pages.ts';

/** Where somebody can sign in who is not. */
export interface SignInPlace {
  readonly domain: string;
  /** The name of the mechanism stack. */
  readonly entrance: string;
}

export interface AccountOptions {
  /** By domain. */
  readonly codes: ReadonlyMap<string, OneTimeCodes>;
  /** Of domains with one-time codes; the first is for who is not signed in. */
  readonly places: readonly [SignInPlace, ...SignInPlace[]];
  readonly liveSession: LiveSessions;
  readonly parking: Parking;
  readonly browserKey: BrowserKey;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  /** Where the list of applications is, if there is one. */
  readonly home: string | undefined;
  readonly drawQr: (text: string) => Squares;
  /** Aborted when a store has been waited for long enough. */
  readonly patience: () => AbortSignal;
}

/** A browser that was left open must not hand out second factors. */
export const freshMs = 10 * 60_000;

const formSubject = 'one-time-codes';

/** More than a sealed proposal or a code has. */
const maxFieldCharacters = 4_096;

const refusalTexts: Readonly<Record<OneTimeCodeRefusal, string>> = {
  'wrong-code': 'The code of the new authenticator is not right. Type the one that it shows now.',
  'wrong-current-code': 'The code of your present authenticator is not right, or was used before.',
  'too-many-attempts': 'Too many wrong codes. Try again in a quarter of an hour.',
  expired: 'That took too long. Set up your authenticator with the new code below.',
  changed: 'Your authenticator was changed elsewhere meanwhile.',
  'already-enrolled': 'You have an authenticator already.',
  'not-enrolled': 'You have no authenticator.',
  required: 'You cannot do without an authenticator here, but you can replace it.',
};

/** Who asks, and about what. */
interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly domain: string;
  readonly user: string;
  readonly codes: OneTimeCodes;
}

interface AccountRoute {
  Querystring: Record<string, unknown>;
  Body: FormFields | undefined;
}

export function mountAccount(app: FastifyInstance, options: AccountOptions): void {
  app.get<AccountRoute>(path, async (request, reply) => {
    const visit = await visitOf(options, request, reply);
    if (visit === undefined) return signIn(options, request, reply);
    if (request.query['pending'] === undefined) return show(options, visit, 200, {});
    await options.parking.claim(await options.parking.resumed(request, path));
    return reply.redirect(path, 303);
  });

  app.post<AccountRoute>(path, async (request, reply) => {
    const form = request.body ?? { fields: {}, repeated: [] };
    options.browserKey.checkCsrf(request, form, formSubject);
    const visit = await visitOf(options, request, reply);
    if (visit === undefined) return reply.redirect(path, 303);
    return requiredField(form, 'action') === 'remove' ? remove(options, visit, form) : confirm(options, visit, form);
  });
}

/** `undefined`: nobody has signed in lately. @throws ERR_NOT_FOUND where the person's domain has no one-time codes */
async function visitOf(
  options: AccountOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visit | undefined> {
  const session = await options.liveSession(request, { notBefore: options.clock.now() - freshMs });
  if (session === undefined) return undefined;
  const { domain, loginName } = session.entry;
  const codes = options.codes.get(domain);
  if (codes === undefined || loginName === undefined) {
    throw new GatehouseError('ERR_NOT_FOUND', 'this person was let in without the module that has one-time codes');
  }
  return { request, reply, domain, user: loginName, codes };
}

/** Of an older session the domain is kept: its owner has no password elsewhere. */
async function signIn(options: AccountOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const older = (await options.liveSession(request))?.entry.domain;
  const place = options.places.find(({ domain }) => domain === older) ?? options.places[0];
  const parked = await options.parking.park({ request, reply }, { ...place, resumePath: path, state: '' });
  return reply.redirect(signInPath(parked), 303);
}

async function confirm(options: AccountOptions, visit: Visit, form: FormFields): Promise<FastifyReply> {
  const sealed = field(form, 'proposal');
  const answer = { sealed, code: field(form, 'code'), current: form.fields['current'] ?? '' };
  const change = await visit.codes.confirm(visit.user, answer, actorOf(visit), options.patience());
  if (change.status === 'refused') return refuse(options, visit, change, sealed);
  return sendPage(visit.reply, 200, recoveryCodesPage(change.value, options.home));
}

async function remove(options: AccountOptions, visit: Visit, form: FormFields): Promise<FastifyReply> {
  const current = field(form, 'current');
  const change = await visit.codes.remove(visit.user, current, actorOf(visit), options.patience());
  return change.status === 'refused'
    ? refuse(options, visit, change)
    : sendPage(visit.reply, 200, removedPage(options.home));
}

async function refuse(
  options: AccountOptions,
  visit: Visit,
  { reason }: Extract<OneTimeCodeChange<unknown>, { status: 'refused' }>,
  proposal?: string,
): Promise<FastifyReply> {
  const { id } = await options.audit.record({
    type: 'request-refused',
    outcome: 'failure',
    reason,
    domain: visit.domain,
    principal: visit.user,
    sourceAddress: visit.request.ip,
    path,
  });
  return show(options, visit, 403, {
    refusal: { text: refusalTexts[reason], decision: id },
    ...(proposal === undefined ? {} : { proposal }),
  });
}

/** A slip costs no second scan: the same proposal is shown again while it is good. */
async function show(
  options: AccountOptions,
  { request, reply, codes, user }: Visit,
  status: number,
  again: { readonly refusal?: { readonly text: string; readonly decision: string }; readonly proposal?: string },
): Promise<FastifyReply> {
  const proposal = await codes.propose(user, again.proposal);
  return sendPage(
    reply,
    status,
    authenticatorPage({
      user,
      csrf: options.browserKey.csrfToken(request, reply, formSubject),
      status: await codes.status(user, options.patience()),
      proposal,
      squares: options.drawQr(proposal.uri.reveal()),
      home: options.home,
      refusal: again.refusal,
    }),
  );
}

function actorOf({ request }: Visit) {
  return { reason: 'self-service', sourceAddress: request.ip } as const;
}

/** @throws ERR_REQUEST_MALFORMED when it is absent, came twice or is longer than anything that we gave out */
function field(form: FormFields, name: string): string {
  const value = requiredField(form, name);
  if (value.length <= maxFieldCharacters) return value;
  throw new GatehouseError('ERR_REQUEST_MALFORMED', 'a form field is too long', { facts: { field: name } });
}
