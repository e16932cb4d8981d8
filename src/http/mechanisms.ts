/** @module How a list of mechanisms asks: their challenges go out together, and the first that can be asked for settles the kind. */
import type { HttpMechanism, MechanismChallenge, MechanismRequest } from '../spi/http-mechanism.ts';

export type Probe = Extract<MechanismChallenge, { kind: 'probe' }>;

export interface Challenges {
  /** Response fields of all mechanisms that ask by a header; several of one name are a list (RFC 9110 §11.6.1). */
  readonly headers: Readonly<Record<string, string>>;
  readonly hasHeaders: boolean;
  readonly hasForm: boolean;
  /** Where else the person can prove who he is: paths of ours that take a parked request. */
  readonly elsewhere: readonly { readonly path: string; readonly label: string }[];
  /** The one that is asked by a browser's own answer. */
  readonly probe: Probe | undefined;
  /** Which kind the first mechanism that can be asked for is: it settles the status, as in JBoss. */
  readonly first: MechanismChallenge['kind'] | undefined;
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
    elsewhere: offers.flatMap((offer) =>
      offer.kind === 'elsewhere' ? [{ path: offer.path, label: offer.label }] : [],
    ),
    probe: offers.find((offer) => offer.kind === 'probe'),
    first: offers[0]?.kind,
  };
}
