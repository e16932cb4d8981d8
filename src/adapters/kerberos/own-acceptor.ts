/** @module Our own Kerberos acceptor: keytabs that are watched, every rule of the wire formats, and one claim for each authenticator. */
import type { Clock, Random } from '../../spi/clock.ts';
import type { EphemeralStore } from '../../spi/ephemeral-store.ts';
import { GatehouseError } from '../../spi/errors.ts';
import {
  type KerberosAccepted,
  type KerberosAcceptor,
  type KerberosAcceptorOptions,
  type KerberosPrincipal,
  type KerberosVerdict,
  maxExchangeStateBytes,
} from '../../spi/kerberos-acceptor.ts';
import type { WatchBytes, Watched } from '../../spi/watched-file.ts';
import { type CheckedRequest, checkRequest } from '../../wire/kerberos/check-request.ts';
import { type KeytabEntry, parseKeytab } from '../../wire/kerberos/keytab.ts';
import { type Principal, parsePrincipal, principalName } from '../../wire/kerberos/principal.ts';
import { type Refusal, refuse } from '../../wire/kerberos/refusal.ts';
import { answer, digestOf } from '../../wire/spnego/answer.ts';
import { writeState } from '../../wire/spnego/exchange-state.ts';
import { type Negotiated, type ReadLeg, readLeg } from '../../wire/spnego/read-leg.ts';
import { writeResponse } from '../../wire/spnego/tokens.ts';

export interface AcceptorServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly ephemeral: EphemeralStore;
  readonly watchBytes: WatchBytes;
}

type Options = Omit<KerberosAcceptorOptions, 'implementation'>;

/** By how much the clocks of two nodes may differ, on top of what client and node may. */
const nodeSkewMs = 60_000;

/** @throws ERR_CONFIG_INVALID, ERR_CONFIG_UNREADABLE: of a keytab that is not there, or no keytab, or a principal that is none */
export async function createOwnAcceptor(options: Options, services: AcceptorServices): Promise<KerberosAcceptor> {
  const { clock, random, ephemeral } = services;
  const wanted = wantedPrincipal(options.principal);
  const keytabs: Watched<readonly KeytabEntry[]>[] = [];
  for (const path of options.keytabs) keytabs.push(await openKeytab(path, services.watchBytes));

  /** True for one caller on all nodes; kept as long as a token of that time could be accepted. */
  const claim = (authenticatorId: string, clockDifferenceMs: number) =>
    ephemeral.once(`kerberos:${authenticatorId}`, clockDifferenceMs + options.clockSkewMs + nodeSkewMs);

  async function acceptRequest(
    leg: Extract<ReadLeg, { status: 'request' }>,
    context: LegContext,
  ): Promise<KerberosVerdict> {
    const { negotiated } = leg;
    const now = clock.now();
    const { clockSkewMs, trustedRealms } = options;
    const entries = keytabs.flatMap((keytab) => keytab.current());
    const { channelBinding } = context;
    const checked = checkRequest(leg.message, { entries, wanted, trustedRealms, clockSkewMs, channelBinding }, now);
    if (checked.status === 'refused') return rejected(checked, negotiated);
    const accepted = acceptedBy(checked, now);
    // A person may be in more groups than may be kept for a next leg.
    const canAwait = negotiated?.micRequired !== true || fitsIntoState(accepted);
    const answered = answer(checked, negotiated, random, canAwait);
    if (answered.status === 'refused') return rejected(answered, negotiated);
    // Last of all checks, so that nobody but the holder of a ticket writes to the store; and before anything is sent back.
    if (context.dryRun !== true && !(await claim(checked.authenticatorId, checked.authenticator.at - now)))
      return rejected(refuse('REPLAY'), negotiated);
    const { reply, awaited } = answered;
    if (awaited !== undefined && reply !== undefined) {
      return {
        status: 'continue',
        reply,
        state: writeState({ awaits: 'mic', expected: awaited, accepted }),
      };
    }
    return { status: 'accepted', ...accepted, mutual: checked.mutual, ...(reply === undefined ? {} : { reply }) };
  }

  async function acceptMic(
    { mic, state }: Extract<ReadLeg, { status: 'mic' }>,
    context: LegContext,
  ): Promise<KerberosVerdict> {
    const { expected, accepted } = state;
    if (digestOf(mic) !== expected) return rejected(refuse('INTEGRITY', { part: 'mechListMIC' }), undefined);
    if (context.dryRun !== true && !(await claim(`${accepted.authenticator}:mic`, accepted.clockDifferenceMs)))
      return refuse('REPLAY');
    return { status: 'accepted', ...accepted, mutual: true, reply: writeResponse({ state: 'completed' }) };
  }

  return {
    async accept(leg) {
      const read = readLeg(leg.token, leg.state);
      switch (read.status) {
        case 'request':
          return acceptRequest(read, leg);
        case 'mic':
          return acceptMic(read, leg);
        case 'continue':
        case 'refused':
          return read;
        default:
          return read satisfies never;
      }
    },
  };
}

interface LegContext {
  readonly channelBinding?: Uint8Array;
  readonly dryRun?: boolean;
}

async function openKeytab(path: string, watchBytes: WatchBytes): Promise<Watched<readonly KeytabEntry[]>> {
  const keytab = await watchBytes(path, parseKeytab);
  if (keytab === undefined)
    throw new GatehouseError('ERR_CONFIG_INVALID', 'there is no such keytab', { facts: { path } });
  return keytab;
}

function wantedPrincipal(text: string | undefined): Principal | undefined {
  if (text === undefined) return undefined;
  const principal = parsePrincipal(text);
  if (principal === undefined) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'this is no principal of Kerberos', { facts: { principal: text } });
  }
  return principal;
}

/** Within SPNEGO the client is told that nothing follows; a bare token has no such word. */
function rejected(refusal: Refusal, negotiated: Negotiated | undefined): KerberosVerdict {
  return negotiated === undefined ? refusal : { ...refusal, reply: writeResponse({ state: 'reject' }) };
}

function fitsIntoState(accepted: Accepted): boolean {
  const state = writeState({ awaits: 'mic', expected: accepted.authenticator, accepted });
  return state.reveal().length <= maxExchangeStateBytes;
}

type Accepted = Omit<Required<KerberosAccepted>, 'status' | 'mutual' | 'reply' | 'groupSids' | 'pacProblem'> &
  Pick<KerberosAccepted, 'groupSids' | 'pacProblem'>;

function acceptedBy(
  { client, service, authenticatorId, authenticator, part, enctype, pac }: CheckedRequest,
  now: number,
): Accepted {
  return {
    client: named(client),
    service: named(service),
    authenticator: authenticatorId,
    clockDifferenceMs: authenticator.at - now,
    endsAt: part.endsAt,
    enctype,
    ...(pac.status === 'verified' ? { groupSids: pac.logon.groupSids } : {}),
    ...(pac.status === 'unverified' ? { pacProblem: pac.reason } : {}),
  };
}

function named(principal: Principal): KerberosPrincipal {
  return { name: principalName(principal), realm: principal.realm };
}
