/** @module What judging one kind of message consists of. */
import type { Clock } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import type { GatehouseError } from '../../spi/errors.ts';
import type { Diagnosis, Parties } from '../../wire/saml/diagnosis.ts';
import type { XmlElement } from '../../wire/xml/element.ts';
import type { Inputs } from './inputs.ts';
import type { Side } from './kinds.ts';
import type { Arrived } from './message.ts';
import type { SamlCase } from './saml-case.ts';
import type { AcceptedBody } from './verdict.ts';

/** What every judge works with. */
export interface Bench {
  readonly inputs: Inputs;
  readonly clock: Clock;
  readonly validateSchema: (xml: string) => Promise<void>;
  /** Where what counts once is remembered: for a batch, or for this case alone. */
  readonly ephemeral: EphemeralStore;
}

/** A message, read once to see what it is; the validators read it again. */
export interface Said {
  readonly arrived: Arrived;
  /** What the message stands in: itself, or a SOAP envelope. */
  readonly document: XmlElement;
  readonly message: XmlElement;
}

export interface KindJudge {
  /** What nobody said what to expect of. */
  unchecked(one: SamlCase): readonly string[];
  /** `undefined` for a fault that says nothing about the message. */
  diagnose(error: GatehouseError, as: Side): Diagnosis | undefined;
  /** Reads what the case names; what is wrong with that is thrown here. What comes back rejects with what the endpoints say. */
  prepare(one: SamlCase, bench: Bench): Promise<(said: Said) => Promise<AcceptedBody>>;
}

export const partiesAt: Readonly<Record<Side, Parties>> = {
  sp: { sender: 'idp', ourConfiguration: 'sp-configuration' },
  idp: { sender: 'sp', ourConfiguration: 'idp-configuration' },
};

/** Where Gatehouse serves an identity provider that has the entityID of its defaults. */
export function defaultEndpoint(entityId: string, name: 'sso' | 'slo' | 'artifact' | 'soap'): string | undefined {
  return entityId.endsWith('/saml/idp') ? `${entityId}/${name}` : undefined;
}
