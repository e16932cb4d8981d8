/** @module Whose people are accepted: the client's realm, and each realm on the way to ours (RFC 4120 §2.7, §3.3.3.2). */
import { hasFlag } from './fields.ts';
import type { TicketPart } from './messages.ts';
import { principalText } from './principal.ts';
import { listed, type Refusal, refuse } from './refusal.ts';
import { domainX500Compress, transitedRealms } from './transited.ts';

/** Our own KDC has looked at the way: it could write any ticket anyhow. */
const transitedPolicyChecked = 12;

/** @param ourRealm of the key that decrypted the ticket */
export function checkTicketRealms(
  part: TicketPart,
  ourRealm: string,
  trustedRealms: readonly string[],
): Refusal | undefined {
  const { client, transited, flags } = part;
  const accepted = (realm: string) => realm === ourRealm || trustedRealms.includes(realm);
  const wrong = (more: Refusal['facts']) =>
    refuse('WRONG_REALM', { client: principalText(client), ourRealm, trustedRealms: listed(trustedRealms), ...more });
  if (!accepted(client.realm)) return wrong({ realm: client.realm });
  if (client.realm === ourRealm && transited.contents.length === 0) return undefined;
  if (hasFlag(flags, transitedPolicyChecked)) return undefined;
  const realms =
    transited.contents.length === 0 || transited.type === domainX500Compress
      ? transitedRealms(transited.contents, client.realm, ourRealm)
      : undefined;
  if (realms === undefined) return refuse('MALFORMED', { part: 'transited realms', type: transited.type });
  const stranger = realms.find((realm) => !accepted(realm));
  return stranger === undefined ? undefined : wrong({ transited: stranger });
}
