/** @module Asking a list of mechanisms: the first that finds something settles it; their challenges go out together. */
import type { Evidence } from '../spi/evidence.ts';
import type { HttpMechanism, MechanismRequest } from '../spi/http-mechanism.ts';

export type FoundEvidence =
  | { readonly status: 'none' }
  | { readonly status: 'malformed'; readonly mechanism: string; readonly note: string }
  | { readonly status: 'evidence'; readonly mechanism: string; readonly evidence: Evidence };

/** What comes with the connection unasked is looked at last: a form that was filled in means more. */
export function evidenceOf(mechanisms: readonly HttpMechanism[], request: MechanismRequest): FoundEvidence {
  const { asked, ambient } = byAmbience(mechanisms);
  for (const mechanism of [...asked, ...ambient]) {
    const found = mechanism.evaluate(request);
    if (found.status === 'malformed') return { ...found, mechanism: mechanism.name };
    if (found.status === 'evidence') return { ...found, mechanism: mechanism.name };
  }
  return { status: 'none' };
}

export function byAmbience(mechanisms: readonly HttpMechanism[]) {
  const isAmbient = (mechanism: HttpMechanism) => mechanism.ambient === true;
  return { asked: mechanisms.filter((one) => !isAmbient(one)), ambient: mechanisms.filter(isAmbient) };
}

export interface Challenges {
  /** Response fields of all mechanisms that ask by a header; several of one name are a list (RFC 9110 §11.6.1). */
  readonly headers: Readonly<Record<string, string>>;
  readonly hasHeaders: boolean;
  readonly hasForm: boolean;
  /** Which kind the first mechanism that can be asked for is: it settles the status, as in JBoss. */
  readonly first: 'header' | 'form' | undefined;
}

export function challengesOf(mechanisms: readonly HttpMechanism[], request: MechanismRequest): Challenges {
  const offers = mechanisms.map((mechanism) => mechanism.challenge(request)).filter((offer) => offer !== undefined);
  const headers: Record<string, string> = {};
  for (const offer of offers) {
    if (offer.kind !== 'header') continue;
    for (const [name, value] of Object.entries(offer.headers)) {
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
  }
  return {
    headers,
    hasHeaders: offers.some((offer) => offer.kind === 'header'),
    hasForm: offers.some((offer) => offer.kind === 'form'),
    first: offers[0]?.kind,
  };
}
