/** @module The vault's file: which records it has, under which key, and a seal over all of them, so that none can be taken out or mixed in. */
import { z } from 'zod';
import type { Secret } from '../../spi/secret.ts';
import { vaultNameOf } from '../../spi/vault-reference.ts';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import type { VaultKey } from './keys.ts';
import { isSealOver, nonceBytes, openText, type Sealed, sealOver, sealText } from './seal.ts';

const format = 'gatehouse-vault';
const version = 1;
/** A password for each of a thousand systems and a generous margin; a start decrypts them all. */
export const maxVaultRecords = 10_000;
/** As for a secret in a file. */
export const maxVaultValueBytes = 64 * 1024;
/** Bounds what a reader takes; a vault of that size holds a thousand long keys. */
export const maxVaultFileBytes = 16 * 1024 * 1024;

/** Names (`block::attribute`) to values. */
export type VaultContents = ReadonlyMap<string, Secret<string>>;

export type OpenedVault =
  | { readonly status: 'opened'; readonly contents: VaultContents; readonly keyId: string }
  | { readonly status: 'wrong-key'; readonly keyId: string }
  | { readonly status: 'damaged'; readonly problem: string };

const sealedSchema = z.strictObject({ nonce: z.string(), value: z.string() });
const fileSchema = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  key: z.string().regex(/^[0-9a-f]{16}$/),
  records: z.record(z.string(), sealedSchema),
  seal: sealedSchema,
});
type WrittenRecords = Readonly<Record<string, z.output<typeof sealedSchema>>>;

const aboutRecord = (name: string) => `${format} ${version}\n${name}`;
/** By names in order: how a writer has sorted them makes no difference. */
const aboutFile = (records: WrittenRecords) =>
  `${format} ${version} seal\n${JSON.stringify(Object.entries(records).sort(byName))}`;
const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

function written({ nonce, bytes }: Sealed): z.output<typeof sealedSchema> {
  return { nonce: encodeBase64(nonce), value: encodeBase64(bytes) };
}

function read({ nonce, value }: z.output<typeof sealedSchema>): Sealed | undefined {
  const [readNonce, bytes] = [decodeBase64(nonce), decodeBase64(value)];
  return readNonce === undefined || bytes === undefined ? undefined : { nonce: readNonce, bytes };
}

/** The whole file under one key. Every value gets a new nonce, so that two versions of the file can be compared in nothing. */
export function buildVaultFile(contents: VaultContents, key: VaultKey, random: (length: number) => Uint8Array): string {
  const records: Record<string, z.output<typeof sealedSchema>> = Object.create(null);
  for (const [name, value] of [...contents].sort(byName)) {
    records[name] = written(sealText(key, aboutRecord(name), value, random(nonceBytes)));
  }
  const seal = written(sealOver(key, aboutFile(records), random(nonceBytes)));
  return `${JSON.stringify({ format, version, key: key.id, records, seal }, undefined, 2)}\n`;
}

function parseFile(text: string): z.output<typeof fileSchema> | { readonly problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problem: 'it is not JSON' };
  }
  const newer = z.object({ format: z.literal(format), version: z.int().min(version + 1) }).safeParse(value);
  if (newer.success) return { problem: `it has the format ${newer.data.version}, of a newer Gatehouse` };
  const parsed = fileSchema.safeParse(value);
  return parsed.success ? parsed.data : { problem: 'it is not the file of a vault' };
}

/** Decrypts everything. Nothing of a file whose seal does not fit is given back. */
export function openVaultFile(text: string, keys: readonly VaultKey[]): OpenedVault {
  const file = parseFile(text);
  if ('problem' in file) return { status: 'damaged', problem: file.problem };
  const key = keys.find(({ id }) => id === file.key);
  if (key === undefined) return { status: 'wrong-key', keyId: file.key };
  const altered = { status: 'damaged', problem: 'it was altered by somebody without the key' } as const;
  const seal = read(file.seal);
  if (seal === undefined || !isSealOver(key, aboutFile(file.records), seal)) return altered;
  const contents = new Map<string, Secret<string>>();
  for (const [name, record] of Object.entries(file.records)) {
    const sealed = read(record);
    const value = sealed && openText(key, aboutRecord(name), sealed);
    if (value === undefined || vaultNameOf(name) === undefined) return altered;
    contents.set(name, value);
  }
  return { status: 'opened', contents, keyId: file.key };
}
