/** @module Whether a certificate of a path has been revoked: lists and OCSP together, hard or soft where nobody can be asked. */
import { GatehouseError } from '../../spi/errors.ts';
import type { OcspClient, OcspVerdict } from './ocsp.ts';
import { type Member, type Refusal, refusal } from './path.ts';
import type { ListVerdict, RevocationLists } from './revocation-lists.ts';

export interface RevocationParts {
  /** Absent: no lists are configured. */
  readonly lists?: RevocationLists;
  readonly ocsp?: { readonly client: OcspClient; readonly mode: 'soft-fail' | 'hard-fail' };
  /** `leaf`: the authorities of the path are not asked about. */
  readonly scope: 'chain' | 'leaf';
}

/** Asks about every certificate of the path but the anchor, all at once. @throws ERR_STORE_UNAVAILABLE, ERR_DEADLINE_EXCEEDED */
export type RefuseRevoked = (path: readonly Member[], signal: AbortSignal) => Promise<Refusal | undefined>;

export function createRevocationCheck(parts: RevocationParts): RefuseRevoked {
  return async (path, signal) => {
    const below = parts.scope === 'leaf' ? path.slice(0, Math.min(1, path.length - 1)) : path.slice(0, -1);
    const asked = below.map((member, index) => {
      const issuer = path[index + 1] ?? member;
      return refuseOne(parts, member, issuer, signal);
    });
    const results = await Promise.allSettled(asked);
    // Revoked is the answer even where something else could not be asked.
    const refusals = results.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const revoked = refusals.find(({ reason }) => reason === 'revoked') ?? refusals[0];
    if (revoked !== undefined) return revoked;
    const failed = results.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return undefined;
  };
}

/**
 * A list that says "revoked" decides. Otherwise OCSP decides, being newer; where nobody answers, a list that says "good" does, and
 * after that `hard-fail` or `soft-fail`. Soft is only for silence: a wrong or unknowing answer refuses in both.
 */
async function refuseOne(
  { lists, ocsp }: RevocationParts,
  member: Member,
  { certificate: issuer }: Member,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  if (ocsp === undefined) {
    return lists === undefined ? undefined : byLists(await lists.ask(member, issuer, signal), member);
  }
  const listed = lists?.look(member, issuer) ?? 'none';
  if (listed === 'revoked') return byLists(listed, member);
  const answer = await orSilence(ocsp.client.ask(member, issuer, signal));
  if ('status' in answer && answer.status !== 'nobody-to-ask') return byAnswer(answer, member);
  const asked = listed === 'none' && lists !== undefined ? await orSilence(lists.ask(member, issuer, signal)) : listed;
  if (asked === 'good' || asked === 'revoked') return byLists(asked, member);
  if (ocsp.mode === 'soft-fail') return undefined;
  if ('fault' in answer) throw answer.fault;
  if (typeof asked === 'object') throw asked.fault;
  return refusal('revocation-unknown', member, 'no responder may be asked');
}

interface Silence {
  readonly fault: GatehouseError;
}

async function orSilence<T>(asking: Promise<T>): Promise<T | Silence> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'ERR_STORE_UNAVAILABLE') return { fault: error };
    throw error;
  }
}

function byLists(verdict: ListVerdict, member: Member): Refusal | undefined {
  if (verdict === 'none') return refusal('revocation-unknown', member, 'no revocation list that is valid now');
  return verdict === 'revoked' ? refusal('revoked', member) : undefined;
}

function byAnswer(answer: Exclude<OcspVerdict, { status: 'nobody-to-ask' }>, member: Member): Refusal | undefined {
  if (answer.status === 'unknown') return refusal('revocation-unknown', member, answer.note);
  return answer.status === 'revoked' ? refusal('revoked', member) : undefined;
}
