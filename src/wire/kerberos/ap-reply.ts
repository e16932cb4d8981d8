/** @module AP-REP: a service proves to the client that it could read the ticket (RFC 4120 §5.5.2). */
import { octetString } from '../der.ts';
import { writeApplication, writeFields, writeInteger, writeTime } from './fields.ts';
import { type KerberosKey, keyUsages } from './key.ts';
import type { Authenticator } from './messages.ts';

const protocolVersion = 5;
const replyType = 15;

export interface ReplyParts {
  /** Its time is sent back as the proof. */
  readonly authenticator: Pick<Authenticator, 'secondAt' | 'microseconds'>;
  /** The key of all further messages, of the type of the session key. */
  readonly subkey: { readonly encryptionType: number; readonly bytes: Uint8Array };
  /** Of our first message. */
  readonly sequenceNumber: number;
}

/**
 * @param sessionKey of the ticket: never the client's subkey
 * @param confounder 16 random bytes
 */
export function writeApReply(parts: ReplyParts, sessionKey: KerberosKey, confounder: Uint8Array): Uint8Array {
  const { authenticator, subkey, sequenceNumber } = parts;
  const key = writeFields([writeInteger(subkey.encryptionType), octetString(subkey.bytes)]);
  const plain = writeApplication(
    27,
    writeFields([
      ...[
        writeTime(authenticator.secondAt),
        writeInteger(authenticator.microseconds),
        key,
        writeInteger(sequenceNumber),
      ],
    ]),
  );
  const cipher = sessionKey.encrypt(keyUsages.apReply, plain, confounder);
  const encrypted = writeFields([writeInteger(sessionKey.type.id), undefined, octetString(cipher)]);
  return writeApplication(15, writeFields([writeInteger(protocolVersion), writeInteger(replyType), encrypted]));
}
