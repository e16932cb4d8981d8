/** @module One case for the clinic: a message, and what is expected of it. Flags of the command and lines of a batch have the same names. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

const text = z.string().min(1).nullable().optional();
const flag = z.boolean().nullable().optional();
const seconds = z
  .union([z.number(), z.string().regex(/^\d{1,9}$/)])
  .transform(Number)
  .pipe(z.number().int().nonnegative())
  .nullable()
  .optional();
const instant = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), 'an instant such as 2026-03-01T12:00:00Z')
  .transform((value) => Date.parse(value))
  .nullable()
  .optional();

const caseSchema = z.strictObject({
  id: z.union([z.string(), z.number()]).optional(),
  message: text,
  file: text,
  query: text,
  binding: z.enum(['post', 'redirect']).nullable().optional(),
  as: z.enum(['sp', 'idp']).nullable().optional(),
  'entity-id': text,
  'partner-metadata': text,
  acs: text,
  sso: text,
  slo: text,
  'in-response-to': text,
  at: instant,
  skew: seconds,
  'max-authn-age': seconds,
  'decrypt-key': text,
  'allow-cbc': flag,
  'require-signed': flag,
  expect: text,
});

export type CaseFields = z.output<typeof caseSchema>;

/** What can be judged. Absent is what nobody said. */
export interface SamlCase {
  readonly id?: string | number | undefined;
  readonly as: 'sp' | 'idp';
  readonly entityId: string;
  readonly partnerMetadata: string;
  /** The message itself, or the file that holds it (`-`: standard input). */
  readonly source: { readonly text: string } | { readonly file: string };
  readonly binding?: 'post' | 'redirect' | undefined;
  readonly acs?: string | undefined;
  readonly sso?: string | undefined;
  /** Our single logout service, on either side. */
  readonly slo?: string | undefined;
  readonly inResponseTo?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at?: number | undefined;
  readonly skewSeconds?: number | undefined;
  readonly maxAuthnAgeSeconds?: number | undefined;
  readonly decryptKey?: string | undefined;
  readonly allowCbc: boolean;
  readonly requireSigned: boolean;
  /** `accept`, `refuse`, or the code of the refusal. */
  readonly expect?: string | undefined;
}

export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** @param folder against which the files of the fields stand. */
export function parseFields(input: unknown, folder: string): Parsed<CaseFields> {
  const parsed = caseSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `${issue?.path.join('.') || 'the case'}: ${issue?.message ?? 'not a case'}` };
  }
  const at = (path: string | null | undefined) =>
    path === null || path === undefined || path === '-' ? path : resolve(folder, path);
  const { data } = parsed;
  return {
    value: {
      ...data,
      file: at(data.file),
      'partner-metadata': at(data['partner-metadata']),
      'decrypt-key': at(data['decrypt-key']),
    },
  };
}

/** A line of a batch over the flags: what the line says counts, and `null` takes a flag away. */
export function completeCase(flags: CaseFields, own: CaseFields): Parsed<SamlCase> {
  const given = (fields: CaseFields) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const merged: CaseFields = { ...flags, ...given(own) };
  const { as, 'entity-id': entityId, 'partner-metadata': partnerMetadata, file, query, message } = merged;
  if (as === undefined || as === null) return { problem: 'say --as sp or --as idp' };
  if (entityId === undefined || entityId === null) return { problem: 'say our --entity-id' };
  if (partnerMetadata === undefined || partnerMetadata === null) return { problem: 'say the --partner-metadata' };
  const texts = [message, query, file].filter((one) => one !== undefined && one !== null);
  if (texts.length !== 1) return { problem: 'say one message' };
  return {
    value: {
      id: merged.id,
      as,
      entityId,
      partnerMetadata,
      source: file === undefined || file === null ? { text: texts[0] ?? '' } : { file },
      binding: typeof query === 'string' ? 'redirect' : (merged.binding ?? undefined),
      acs: merged.acs ?? undefined,
      sso: merged.sso ?? undefined,
      slo: merged.slo ?? undefined,
      inResponseTo: merged['in-response-to'] ?? undefined,
      at: merged.at ?? undefined,
      skewSeconds: merged.skew ?? undefined,
      maxAuthnAgeSeconds: merged['max-authn-age'] ?? undefined,
      decryptKey: merged['decrypt-key'] ?? undefined,
      allowCbc: merged['allow-cbc'] ?? false,
      requireSigned: merged['require-signed'] ?? false,
      expect: merged.expect ?? undefined,
    },
  };
}

/** The folder of a batch; that of standard input is where we are. */
export function folderOf(batch: string): string {
  return batch === '-' ? process.cwd() : dirname(resolve(batch));
}
