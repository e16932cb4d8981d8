/** @module What a login was proved by: the factors that sessions remember and that applications may ask for. */
import type { EvidenceKind } from './evidence.ts';

export const factors = ['password', 'certificate', 'kerberos', 'assertion', 'one-time-code'] as const;
export type Factor = (typeof factors)[number];

/** What accepted evidence proves by itself; a code beside a password is told by the module that has checked it. */
export function factorOf(evidence: EvidenceKind): Factor | undefined {
  switch (evidence) {
    case 'password':
    case 'digest':
      return 'password';
    case 'certificate':
      return 'certificate';
    case 'negotiate':
      return 'kerberos';
    case 'assertion':
    case 'verified-response':
      return 'assertion';
    case 'anonymous':
    case 'connection':
    case 'assumed':
      return undefined;
    default:
      return evidence satisfies never;
  }
}
