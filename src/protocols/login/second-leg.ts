/** @module The second leg of a sign-in: the first one opened, with the code that was typed on the second page. */
import type { FirstLegBinding, FirstLegs } from '../../engine/first-legs.ts';
import type { FormFields } from '../../http/form.ts';
import type { ParkedLogin } from '../../http/parking.ts';
import type { PasswordEvidence } from '../../spi/evidence.ts';
import { Secret } from '../../spi/secret.ts';
import type { LoginResult } from '../../spi/security-domain.ts';
import { codeField, legField, maxCodeCharacters } from './one-time-code-page.ts';

export type SecondLeg =
  | { readonly status: 'none' }
  /** Too old, of another login or browser, or made up: the person begins again. */
  | { readonly status: 'lost' }
  | { readonly status: 'malformed'; readonly leg: string; readonly username: string }
  | {
      readonly status: 'evidence';
      readonly leg: string;
      readonly mechanism: string;
      readonly evidence: PasswordEvidence;
    };

/** A field that came twice is absent, and so is a first leg of a mechanism that may not answer this login. */
export function readSecondLeg(
  legs: FirstLegs,
  parked: ParkedLogin,
  form: FormFields | undefined,
  mayAnswer: (mechanism: string) => boolean,
): SecondLeg {
  if (form === undefined || (form.fields[legField] === undefined && !form.repeated.includes(legField))) {
    return { status: 'none' };
  }
  const leg = form.fields[legField];
  const binding = bindingOf(parked);
  const opened = leg === undefined || binding === undefined ? undefined : legs.open(leg, binding);
  if (leg === undefined || opened === undefined || !mayAnswer(opened.mechanism)) {
    return { status: 'lost' };
  }
  const { mechanism, evidence } = opened;
  const code = form.fields[codeField] ?? '';
  if (code.trim() === '' || code.length > maxCodeCharacters) {
    return { status: 'malformed', leg, username: evidence.username };
  }
  return { status: 'evidence', leg, mechanism, evidence: { ...evidence, oneTimeCode: new Secret(code) } };
}

/** The first leg for the second page; `undefined` for a login that is bound to no browser. */
export function sealFirstLeg(
  legs: FirstLegs,
  parked: ParkedLogin,
  leg: { readonly mechanism: string; readonly evidence: PasswordEvidence },
): string | undefined {
  const binding = bindingOf(parked);
  return binding && legs.seal(leg, binding);
}

export function asksForCode(result: LoginResult): boolean {
  return result.status === 'challenge' && result.challenge.kind === 'one-time-code';
}

/** The browser has been checked when the parked login was read. */
function bindingOf({ id, pending }: ParkedLogin): FirstLegBinding | undefined {
  return pending.browser === undefined ? undefined : { pendingId: id, browser: pending.browser };
}
