/** @module What a browser is shown that is not signed in: the first page, the second one, a refusal, or a challenge in headers. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MechanismStack } from '../../engine/mechanism-stack.ts';
import type { BrowserKey } from '../../http/browser-key.ts';
import { challengesOf } from '../../http/mechanisms.ts';
import { sendPage } from '../../http/page.ts';
import { type ParkedLogin, pathWithParked, probePath, signInPath } from '../../http/parking.ts';
import type { MechanismRequest } from '../../spi/http-mechanism.ts';
import type { LoginResult } from '../../spi/security-domain.ts';
import { refusalText } from './negotiate-texts.ts';
import { oneTimeCodePage } from './one-time-code-page.ts';
import { type Refusal, signInPage } from './sign-in-page.ts';

/** One request to sign in to what was parked. */
export interface Attempt {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly parked: ParkedLogin;
  readonly entrance: MechanismStack;
  readonly facts: MechanismRequest;
}

type Denied = Exclude<LoginResult, { status: 'authenticated' }>;

/** One text for a wrong name and a wrong password, so that the page tells nobody who is registered. */
const rejectedText = 'The user name or the password is not right.';
const rejectedCertificateText = 'The certificate that your browser has shown is not accepted here.';
const unavailableText = 'Sign-in is not possible at the moment. Try again in a minute.';

/** 503 with Retry-After where a store could not be asked, else as `ask` says for 403. */
export function refuse(browserKey: BrowserKey, on: Attempt, result: Denied) {
  const unavailable = result.status === 'denied' && result.reason === 'unavailable';
  const text = unavailable ? unavailableText : rejectionOf(result);
  if (unavailable) on.reply.header('retry-after', '5');
  return ask(browserKey, on, unavailable ? 503 : 403, { text, decision: result.trace.id });
}

function rejectionOf(result: Denied): string {
  if (result.trace.evidence === 'negotiate') return refusalText(result);
  return result.trace.evidence === 'certificate' ? rejectedCertificateText : rejectedText;
}

/** `status` holds for the form; where only headers can ask, it is 401 (RFC 9110 §15.5.2), and no form is shown that nobody reads. */
export function ask(browserKey: BrowserKey, on: Attempt, status: number, refusal: Refusal | undefined) {
  const { hasForm, hasHeaders, headers, elsewhere } = challengesOf(on.entrance.mechanisms, on.facts);
  const onlyHeaders = hasHeaders && !hasForm && elsewhere.length === 0;
  if (onlyHeaders) on.reply.headers(headers);
  return showSignIn(browserKey, on, onlyHeaders && status !== 503 ? 401 : status, refusal);
}

/** The first page under just this status, with what is in the answer already. */
export function showSignIn(browserKey: BrowserKey, on: Attempt, status: number, refusal: Refusal | undefined) {
  const { hasForm, probe, elsewhere } = challengesOf(on.entrance.mechanisms, on.facts);
  const isProbing = on.request.routeOptions.url === '/spnego/:id';
  return sendPage(
    on.reply,
    status,
    signInPage({
      desktop: probe === undefined || isProbing ? undefined : probePath(on.parked),
      hasDesktop: on.entrance.mechanisms.some(({ furtherLeg }) => furtherLeg !== undefined),
      form: hasForm
        ? {
            action: signInPath(on.parked),
            csrf: browserKey.csrfToken(on.request, on.reply, on.parked.id),
            username: on.facts.form?.['j_username'],
          }
        : undefined,
      elsewhere: elsewhere.map(({ path, label }) => ({ href: pathWithParked(path, on.parked), label })),
      application: on.parked.pending.application,
      refusal,
    }),
  );
}

/** The second page; `leg`: name and password, sealed. */
export function askForCode(
  browserKey: BrowserKey,
  on: Attempt,
  status: number,
  page: { readonly leg: string; readonly username: string; readonly refusal: Refusal | undefined },
) {
  const csrf = browserKey.csrfToken(on.request, on.reply, on.parked.id);
  return sendPage(on.reply, status, oneTimeCodePage({ ...page, action: signInPath(on.parked), csrf }));
}
