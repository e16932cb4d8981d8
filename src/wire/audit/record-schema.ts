/** @module The schema of an audit record: what a reader of the log may count on. */
import { z } from 'zod';
import { type AuditEvent, auditTypes } from '../../spi/audit.ts';
import { controlFlags } from '../../spi/control-flag.ts';

const text = (what: string) => z.string().describe(what);
const id = (what: string) => text(what).regex(/^[0-9A-HJKMNP-TV-Z]{26}$/);

const place = z.strictObject({ file: z.string(), line: z.int().min(1) }).describe('Where in the configuration.');

/** Steps gain fields in time: what is not named here is passed over. */
const authorizationStep = z.looseObject({
  flag: z.enum(controlFlags).optional(),
  code: z.string(),
  decision: z.enum(['permit', 'deny', 'abstain', 'unavailable', 'bug', 'not-reached']),
  reason: z.string(),
  place: place.optional(),
});

const mappingStep = z.looseObject({ type: z.string(), code: z.string(), place: place.optional() });

const trace = z.looseObject({
  id: id('The decision id.'),
  at: z.number(),
  domain: z.string(),
  configRevision: text('The configuration that decided.'),
  evidence: text('What was shown: password, digest, certificate …'),
  mechanism: z.string(),
  outcome: z.enum(['authenticated', 'challenge', 'denied', 'unavailable', 'bug']),
  decidedBy: text('The rule that decided, in words.'),
  principal: z.string().optional(),
  roles: z.array(z.string()),
  modules: z.array(
    z.looseObject({
      code: z.string(),
      name: z.string(),
      flag: z.enum(['required', 'requisite', 'sufficient', 'optional']),
      outcome: z.string(),
      reason: z.string().optional(),
      ms: z.number(),
      place: place.optional(),
    }),
  ),
  mapping: z.array(mappingStep),
  authorization: z.array(authorizationStep),
  dryRun: z.boolean(),
  ms: z.number(),
});

const chain = z.strictObject({
  seq: z.int().min(1).describe('The number of the record in its chain, from 1.'),
  prev: text('The `hash` of the record before it; empty for the first.'),
  torn: text('SHA-256 in base64url of the line before it, which a crash cut off.').optional(),
  unchecked: z.literal(true).optional().describe('There was no checkpoint to go on from.'),
});

/** Every provider writes these; `chain` and `hash` stand in files, `cut` where a message had to be shortened. */
export const auditRecordSchema = z
  .strictObject({
    time: z.iso.datetime({ precision: 3 }).describe('`at` for people, in UTC.'),
    id: id('Unique; sorts by time.'),
    at: z.int().describe('Milliseconds since 1970-01-01T00:00:00Z.'),
    type: z.enum(auditTypes).describe('What happened.'),
    node: text('The name of the server.'),
    outcome: z.enum(['success', 'failure']),
    reason: text('A failure reason, an error code or a constant word.').optional(),
    domain: text('The security domain.').optional(),
    principal: text('The name that was proved; on failure the one that was claimed.').optional(),
    sourceAddress: text("The client's address.").optional(),
    application: text("The application's name or the partner's entityID.").optional(),
    path: text('What was asked for, without its query.').optional(),
    key: text('Id of one of our SAML keys.').optional(),
    decision: id('The decision that this follows from.').optional(),
    mapping: z.array(mappingStep).optional().describe('What each mapping module made of the roles.'),
    authorization: z.array(authorizationStep).optional().describe('What each module said.'),
    trace: trace.optional().describe('Of a login: the whole decision.'),
    cut: z.array(z.string()).optional().describe('Fields that were left out or shortened (Syslog).'),
    chain: chain.optional().describe('The place in the chain (File).'),
    hash: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .optional()
      .describe('HMAC-SHA-256 over everything before it in the line (File).'),
  })
  .describe('One record of the audit trail of Gatehouse.');

const core = z.looseObject({
  id: z.string(),
  at: z.number(),
  type: z.string(),
  node: z.string(),
  outcome: z.enum(['success', 'failure']),
  principal: z.string().optional(),
});

/** A record of this version or of another one; `undefined` for a line that is none, such as one that a crash cut off. */
export function parseAuditRecord(line: string): AuditEvent | undefined {
  try {
    const parsed = core.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as unknown as AuditEvent) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
