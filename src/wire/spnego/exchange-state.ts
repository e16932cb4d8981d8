/** @module What one leg of an exchange leaves for the next one: data that any node can go on with. */
import { z } from 'zod';
import { Secret } from '../../spi/secret.ts';

const bytesText = z.base64url();

/** `token`: Kerberos was chosen, and its token is awaited. `mic`: all but the client's checksum of the list is there. */
const stateSchema = z.discriminatedUnion('awaits', [
  z.strictObject({
    awaits: z.literal('token'),
    mechanismList: bytesText,
    /** Another mechanism was preferred: the list has to be confirmed by both. */
    micRequired: z.boolean(),
  }),
  z.strictObject({
    awaits: z.literal('mic'),
    /** SHA-256 of the one checksum that can come. */
    expected: bytesText,
    /** What is accepted by it. */
    accepted: z.strictObject({
      client: z.strictObject({ name: z.string(), realm: z.string() }),
      service: z.strictObject({ name: z.string(), realm: z.string() }),
      authenticator: z.string(),
      clockDifferenceMs: z.number(),
      endsAt: z.number(),
      enctype: z.number(),
      groupSids: z.array(z.string()).readonly().exactOptional(),
      pacProblem: z.enum(['signature', 'signature-type', 'other-client', 'malformed']).exactOptional(),
    }),
  }),
]);

export type ExchangeState = z.infer<typeof stateSchema>;

export function writeState(state: ExchangeState): Secret<Uint8Array> {
  return new Secret(new TextEncoder().encode(JSON.stringify(state)));
}

/** `undefined` when it is none of ours. */
export function readState(state: Secret<Uint8Array>): ExchangeState | undefined {
  const text = Buffer.from(state.reveal()).toString('utf8');
  const read = stateSchema.safeParse(parsed(text));
  return read.success ? read.data : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
