/** @module Ids that a browser carries and is believed with: unguessable, and never what a store uses as a key. */
import { hash } from 'node:crypto';
import type { Random } from '../spi/clock.ts';

const ID_BYTES = 32;
/** 256 bits in base64url without padding. The last character carries four bits, so that an id has one spelling only. */
const ID_FORM = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

export interface OpaqueId {
  readonly id: string;
  readonly key: string;
}

/** 256 random bits in base64url, with the key under which a store keeps what belongs to them. */
export function newOpaqueId(random: Random): OpaqueId {
  const id = Buffer.from(random.bytes(ID_BYTES)).toString('base64url');
  return { id, key: sha256(id) };
}

/** The SHA-256 of the id in base64url. `undefined` when the text cannot be an id: then no store needs to be asked. */
export function keyOf(id: string): string | undefined {
  return ID_FORM.test(id) ? sha256(id) : undefined;
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
