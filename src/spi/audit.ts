/** @module The contract of auditing: what happened, to whom, decided how. No secret is ever in an event. */
import type { z } from 'zod';
import type { AuthorizationStep, DecisionTrace, MappingStep } from './decision-trace.ts';

export const auditTypes = [
  'login',
  'session-begun',
  'session-ended',
  'authorization',
  'saml-request-refused',
  'saml-response-issued',
  'request-refused',
  'server-started',
  'server-stopped',
] as const;
export type AuditType = (typeof auditTypes)[number];

/** `docs/audit-events.md` explains each type; a test holds the two equal. */
export interface AuditEvent {
  /** Unique; same form as a decision id. */
  readonly id: string;
  readonly at: number;
  readonly type: AuditType;
  readonly node: string;
  readonly outcome: 'success' | 'failure';
  /** A FailureReason, an ErrorCode or a constant word. */
  readonly reason?: string;
  readonly domain?: string;
  /** The name that was proved, or on failure the one that was claimed. Control characters are escaped by the provider. */
  readonly principal?: string;
  readonly sourceAddress?: string;
  /** Application name or partner entityID. */
  readonly application?: string;
  /** What was asked for: the route of an endpoint of ours, without what varies in it, or the path below an application. */
  readonly path?: string;
  /** The decision that this follows from. */
  readonly decision?: string;
  /** On `authorization`: how the roles of this one application came about. */
  readonly mapping?: readonly MappingStep[];
  /** On `authorization`: what each module said, with the line of configuration. */
  readonly authorization?: readonly AuthorizationStep[];
  /** On `login`: the whole decision, from which `explain` is printed. */
  readonly trace?: DecisionTrace;
}

export interface AuditProvider {
  /** Resolves when the record is as safe as the provider promises. @throws ERR_AUDIT_UNAVAILABLE */
  record(event: AuditEvent): Promise<void>;
  close(): Promise<void>;
}

/** A file that only grows, as the audit providers see it. */
export interface AppendOnlyFile {
  /** Appends one line (without its line feed). Calls are written in order. @throws ERR_AUDIT_UNAVAILABLE */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

export interface AuditServices {
  /** Relative to the home's `log` folder. `durable`: an append resolves only when the disk has the line (fsync). */
  appendOnly(path: string, options?: { readonly durable?: boolean }): Promise<AppendOnlyFile>;
}

/** An audit provider code in the catalogue. */
export interface AuditProviderFactory {
  readonly code: string;
  readonly summary: string;
  readonly options: z.ZodType;
  create(options: unknown, services: AuditServices): Promise<AuditProvider>;
}

export function defineAuditProvider<S extends z.ZodType>(definition: {
  code: string;
  summary: string;
  options: S;
  create(options: z.output<S>, services: AuditServices): AuditProvider | Promise<AuditProvider>;
}): AuditProviderFactory {
  return {
    code: definition.code,
    summary: definition.summary,
    options: definition.options,
    async create(options, services) {
      return definition.create(definition.options.parse(options), services);
    },
  };
}
