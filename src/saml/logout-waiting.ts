/** @module Logout requests that a browser carries: which logout and which partner an answer belongs to, once. */
import { z } from 'zod';
import type { EphemeralStore } from '../spi/ephemeral-store.ts';
import type { LogoutSide } from './logout-partner.ts';

const waiting = z.object({ logout: z.string(), partner: z.string() });
export type WaitingRequest = Readonly<z.output<typeof waiting>>;

/** What one side of ours has asked, no other gets the answer to. */
const keyOf = ({ kind, application = '' }: LogoutSide, id: string) => `saml-logout:${kind}:${application}:${id}`;

export async function rememberRequest(
  ephemeral: EphemeralStore,
  side: LogoutSide,
  id: string,
  request: WaitingRequest,
  ttlMs: number,
): Promise<void> {
  await ephemeral.put(keyOf(side, id), JSON.stringify(request), ttlMs);
}

/** Leaves it there: whether the answer is believed is not known yet. */
export async function findRequest(
  ephemeral: EphemeralStore,
  side: LogoutSide,
  id: string,
): Promise<WaitingRequest | undefined> {
  return read(await ephemeral.get(keyOf(side, id)));
}

/** Of all answers exactly one counts. */
export async function takeRequest(
  ephemeral: EphemeralStore,
  side: LogoutSide,
  id: string,
): Promise<WaitingRequest | undefined> {
  return read(await ephemeral.take(keyOf(side, id)));
}

function read(text: string | undefined): WaitingRequest | undefined {
  return text === undefined ? undefined : waiting.safeParse(JSON.parse(text)).data;
}
