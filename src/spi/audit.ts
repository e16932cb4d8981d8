/** @module The contract of auditing: what happened, to whom, decided how. No secret is ever in an event. */
import type { z } from 'zod';
import type { AuthorizationStep, DecisionTrace, MappingStep } from './decision-trace.ts';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';

export const auditTypes = [
  'login',
  'session-begun',
  'session-ended',
  'logout-participant',
  'logout-finished',
  'authorization',
  'saml-request-refused',
  'saml-response-issued',
  'saml-artifact-resolved',
  'saml-attributes-queried',
  'saml-assertions-queried',
  'saml-metadata',
  'key-added',
  'key-published',
  'key-activated',
  'key-retired',
  'key-erased',
  'request-refused',
  'one-time-codes-enrolled',
  'one-time-codes-removed',
  'recovery-code-used',
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
  /** Id of one of our SAML keys. */
  readonly key?: string;
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
  /**
   * Resolves when the record is as safe as the provider promises. When `signal` aborts, nobody waits any longer: a record
   * that has not left yet is given up, because what it tells of was refused. @throws ERR_AUDIT_UNAVAILABLE
   */
  record(event: AuditEvent, signal?: AbortSignal): Promise<void>;
  /** What has been recorded is safe afterwards. Can be called twice. */
  close(): Promise<void>;
}

/** Where texts go, one a record, in the order of the calls. */
export interface AuditSink {
  /** As `AuditProvider.record`. @throws ERR_AUDIT_UNAVAILABLE */
  append(text: string, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** When an append resolves: each record on the disk; handed to the system and on the disk now and then; handed to the system. */
export const auditDurabilities = ['every-record', 'interval', 'never'] as const;
export type AuditDurability = (typeof auditDurabilities)[number];

export const auditRotations = ['none', 'hour', 'day'] as const;
export type AuditRotation = (typeof auditRotations)[number];

export interface AuditFileOptions {
  readonly durability: AuditDurability;
  /** Of `interval`: how long a record may be on its way to the disk. */
  readonly syncMs: number;
  /** A file does not grow beyond it, by more than one record. Absent: no limit. */
  readonly rotateBytes?: number;
  /** A new file in each hour or day of UTC. */
  readonly rotateEvery: AuditRotation;
  /** Earlier files that are kept, by number and by age. Absent: all. */
  readonly maxFiles?: number;
  readonly maxAgeDays?: number;
}

/** Files are PEM, as paths are written in the configuration. */
export interface AuditTls {
  /** Authorities to believe; those that Node.js brings where it is absent. */
  readonly ca?: string;
  /** What the server's certificate must name; the host where it is absent. */
  readonly serverName?: string;
  /** Of the client, with `key`. */
  readonly certificate?: string;
  readonly key?: string;
}

export interface SyslogAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly tls?: AuditTls;
}

export interface RedisStreamAddress {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly username?: string;
  readonly password?: Secret<string>;
  /** Absent: in the clear. */
  readonly tls?: AuditTls;
  readonly stream: string;
  /** About so many entries are kept. */
  readonly maxLength: number;
}

export interface AuditServices {
  /** Relative to the home's `log` folder. Each text is a JSON object; it is chained to the one before it. */
  openFile(path: string, options: AuditFileOptions): Promise<AuditSink>;
  /** Each text is one whole syslog message. */
  openSyslog(address: SyslogAddress): Promise<AuditSink>;
  /** Each text is one entry. */
  openRedisStream(address: RedisStreamAddress): Promise<AuditSink>;
  readonly logger: Logger;
  /** Of this machine. */
  readonly hostName: string;
  readonly processId: number;
}

/** An audit provider code in the catalogue. */
export interface AuditProviderFactory {
  readonly code: string;
  readonly summary: string;
  /** Strict. */
  readonly options: z.ZodType;
  /** Options that must come out of `${env:…}`, `${file:…}` or the vault. */
  readonly secretOptions: readonly string[];
  create(options: unknown, services: AuditServices): Promise<AuditProvider>;
}

export function defineAuditProvider<S extends z.ZodType>(definition: {
  code: string;
  summary: string;
  options: S;
  secretOptions?: readonly string[];
  create(options: z.output<S>, services: AuditServices): AuditProvider | Promise<AuditProvider>;
}): AuditProviderFactory {
  const { code, summary, options, secretOptions = [] } = definition;
  return {
    code,
    summary,
    options,
    secretOptions,
    async create(raw, services) {
      return definition.create(options.parse(raw), services);
    },
  };
}
