/** @module A security domain for trying out: it decides and explains, lets nobody in, and may be told to assume a password. */
import type { DecisionTrace } from '../spi/decision-trace.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { KerberosAcceptor } from '../spi/kerberos-acceptor.ts';
import type { LoginRequest, LoginResult } from '../spi/security-domain.ts';
import { bugIn, decidingDomain, resultOf, type SecurityDomainOptions } from './security-domain.ts';

export type RehearsalResult =
  | LoginResult
  | { readonly status: 'bug'; readonly error: unknown; readonly trace: DecisionTrace };

export interface Rehearsal {
  readonly name: string;
  /** A dry run, always. */
  rehearse(evidence: ModuleEvidence, request: Omit<LoginRequest, 'dryRun'>): Promise<RehearsalResult>;
  /** For modules of other domains that are being rehearsed: what `rehearse` says. @throws ERR_LOGIN_MODULE_BUG for a bug */
  login(evidence: ModuleEvidence, request: LoginRequest): Promise<LoginResult>;
  readonly kerberos?: KerberosAcceptor;
  close(): Promise<void>;
}

/** The same domain without its cache. Only here may a password be assumed, and no server makes one. */
export function createRehearsal({ cache: _, ...options }: SecurityDomainOptions): Rehearsal {
  const { name, run, close, kerberos } = decidingDomain(options);
  return {
    name,
    ...(kerberos === undefined ? {} : { kerberos }),
    async rehearse(evidence, request) {
      const { conclusion, trace } = await run(evidence, { ...request, dryRun: true });
      if (conclusion.status === 'bug') return { status: 'bug', error: conclusion.error, trace };
      return resultOf(conclusion, trace);
    },
    async login(evidence, request) {
      const { conclusion, trace } = await run(evidence, { ...request, dryRun: true });
      if (conclusion.status === 'bug') throw bugIn(name, conclusion.error, trace);
      return resultOf(conclusion, trace);
    },
    close,
  };
}
