/** @module The file of a key ring: JSON that a person can read, instants in ISO 8601, certificates in PEM; no private key. */
import { createHash, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { type Activation, type KeyPlace, type KeyRing, keySides, keyUses, type RingKey } from '../spi/key-ring.ts';

const format = 'gatehouse-key-ring';
const version = 1;
/** A hundred keys with certificates of RSA-4096 have a quarter of it. */
export const maxRingFileBytes = 1024 * 1024;
/** Orders of years; a ring with more was filled by something that went wrong. */
const maxActivations = 10_000;
/** saml-core §8.3.6 */
const maxEntityIdCharacters = 1024;

const idSchema = z.string().regex(/^[0-9a-f]{16}$/);
const instant = () => z.iso.datetime({ precision: 3 }).transform((text) => Date.parse(text));
const placeSchema = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('file'), path: z.string().min(1).max(4096) }),
  z.strictObject({ in: z.literal('vault'), block: z.string().min(1), attribute: z.string().min(1) }),
  z.strictObject({ in: z.literal('erased') }),
]);
const keySchema = z.strictObject({
  id: idSchema,
  side: z.enum(keySides),
  use: z.enum(keyUses),
  place: placeSchema,
  added: instant(),
  published: instant().optional(),
  retired: instant().optional(),
  certificate: z.string(),
});
const activationSchema = z.strictObject({
  key: idSchema,
  partner: z.string().min(1).max(maxEntityIdCharacters).optional(),
  at: instant(),
  ordered: instant(),
  everyone: z.literal(true).optional(),
  forced: z.literal(true).optional(),
});
const fileSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  revision: z.int().min(1),
  keys: z.array(keySchema).min(1).max(1000),
  activations: z.array(activationSchema).max(maxActivations),
});

/** The first 16 hexadecimal digits of the SHA-256 of the certificate, DER: as people compare fingerprints. */
export function keyIdOf(certificate: Uint8Array): string {
  return createHash('sha256').update(certificate).digest('hex').slice(0, 16);
}

/** What a certificate says of its key. `problem` quotes nothing of it. */
export function readKeyCertificate(
  pem: string | Uint8Array,
): Pick<RingKey, 'id' | 'family' | 'certificate' | 'notAfterAt'> & { readonly notBeforeAt: number } {
  const certificate = new X509Certificate(pem);
  return {
    id: keyIdOf(certificate.raw),
    family: certificate.publicKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa',
    certificate: certificate.raw,
    notBeforeAt: certificate.validFromDate.getTime(),
    notAfterAt: certificate.validToDate.getTime(),
  };
}

export type KeyRingReading = { readonly ring: KeyRing } | { readonly problem: string };

/** Nothing of a ring that does not hang together is given back. */
export function parseKeyRing(text: string): KeyRingReading {
  const value = jsonOf(text);
  if (value === undefined) return { problem: 'it is not JSON; it may have been cut off' };
  const newer = z.object({ format: z.literal(format), version: z.int().min(version + 1) }).safeParse(value);
  if (newer.success) return { problem: `it has the format ${newer.data.version}, of a newer Gatehouse` };
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `it is not a key ring: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim() };
  }
  const { revision, activations } = parsed.data;
  const keys: RingKey[] = [];
  for (const written of parsed.data.keys) {
    const certificate = certificateOf(written.certificate);
    if (certificate?.id !== written.id) return { problem: `the certificate of the key ${written.id} is another one` };
    if (keys.some(({ id }) => id === written.id)) return { problem: `the key ${written.id} is there twice` };
    keys.push(keyOf(written, certificate));
  }
  const stranger = activations.find(({ key }) => !keys.some(({ id }) => id === key));
  if (stranger !== undefined) return { problem: `a key ${stranger.key} is activated that is not there` };
  return { ring: { revision, keys, activations: activations.map(activationOf) } };
}

function keyOf(written: z.output<typeof keySchema>, certificate: ReturnType<typeof readKeyCertificate>): RingKey {
  const { id, side, use, added, published, retired } = written;
  const place: KeyPlace = written.place;
  return {
    ...{ id, side, use, place, addedAt: added },
    family: certificate.family,
    certificate: certificate.certificate,
    notAfterAt: certificate.notAfterAt,
    ...(published === undefined ? {} : { publishedAt: published }),
    ...(retired === undefined ? {} : { retiredAt: retired }),
  };
}

function activationOf({ key, partner, at, ordered, everyone, forced }: z.output<typeof activationSchema>): Activation {
  return {
    ...{ key, at, orderedAt: ordered },
    ...(partner === undefined ? {} : { partner }),
    ...(everyone === undefined ? {} : { everyone }),
    ...(forced === undefined ? {} : { forced }),
  };
}

export function buildKeyRing(ring: KeyRing): string {
  const iso = (at: number) => new Date(at).toISOString();
  const keys = ring.keys.map(({ id, side, use, place, addedAt, publishedAt, retiredAt, certificate }) => ({
    ...{ id, side, use, place, added: iso(addedAt) },
    ...(publishedAt === undefined ? {} : { published: iso(publishedAt) }),
    ...(retiredAt === undefined ? {} : { retired: iso(retiredAt) }),
    certificate: new X509Certificate(certificate).toString(),
  }));
  const activations = ring.activations.map(({ at, orderedAt, key, partner, everyone, forced }) => ({
    ...{ key, partner, at: iso(at), ordered: iso(orderedAt), everyone, forced },
  }));
  return `${JSON.stringify({ format, version, revision: ring.revision, keys, activations }, undefined, 2)}\n`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function certificateOf(pem: string): ReturnType<typeof readKeyCertificate> | undefined {
  try {
    return readKeyCertificate(pem);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}
