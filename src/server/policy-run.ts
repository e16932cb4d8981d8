/** @module Runs the cases of a policy test, each as a rehearsal, and says where something else came than was expected. */
import type { PolicyCase } from '../config/policy-tests.ts';
import { explainAccess, explainTrace } from '../engine/explain.ts';
import { policyDifferences } from '../engine/policy-check.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { CertificateEvidence, ModuleEvidence } from '../spi/evidence.ts';
import { Secret } from '../spi/secret.ts';
import type { Offline } from './offline.ts';
import { printedLogin, type Rehearsed, rehearse } from './rehearsal.ts';

export interface PolicyResult {
  readonly name: string;
  readonly line: number;
  /** `failed`: something else came. `error`: it could not be tried. */
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly differences: readonly string[];
  /** How it came about, as `gatehouse explain` tells it; empty where it passed. */
  readonly explanation: string;
  readonly ms: number;
}

export interface PolicyParts {
  /** The composition at an instant; the same one for the same instant. */
  offline(at: number | undefined): Promise<Offline>;
  readCertificates(path: string): Promise<CertificateEvidence>;
  /** What stands in place of an evidence that nobody checks; only commands make it. */
  assume(username: string): ModuleEvidence;
  timer(): number;
}

export async function runPolicyCase(
  one: PolicyCase & { readonly line: number },
  parts: PolicyParts,
): Promise<PolicyResult> {
  const begun = parts.timer();
  const head = () => ({ name: one.name, line: one.line, ms: parts.timer() - begun });
  try {
    const offline = await parts.offline(one.at === undefined ? undefined : Date.parse(one.at));
    const rehearsed = await rehearse(offline, {
      domain: one.domain,
      evidence: await evidenceOf(one, parts),
      sourceAddress: one.from,
      access:
        one.app === undefined
          ? undefined
          : { application: one.app, path: one.path, method: one.method, confidential: !one.http },
    });
    const differences = policyDifferences(one.expect, observed(rehearsed));
    if (differences.length === 0) return { ...head(), outcome: 'passed', differences, explanation: '' };
    return { ...head(), outcome: 'failed', differences, explanation: explained(rehearsed, one.user) };
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const facts = Object.entries(error.facts).map(([key, value]) => `${key}: ${value}`);
    const differences = [`${error.message} (${error.code})`, ...facts];
    return { ...head(), outcome: 'error', differences, explanation: '' };
  }
}

async function evidenceOf(one: PolicyCase, parts: PolicyParts): Promise<ModuleEvidence | undefined> {
  const { user: username = '', password, certificate } = one;
  if (certificate !== undefined) return parts.readCertificates(certificate);
  if (one['assume-password'] === true) return parts.assume(username);
  if (one.anonymous === true) return { kind: 'anonymous' };
  return password === undefined ? undefined : { kind: 'password', username, password: new Secret(password) };
}

function observed({ login, access }: Rehearsed) {
  const seen = { access: access?.decision, accessReason: access?.reason };
  if (login === undefined) return { roles: [], ...seen };
  const { status, reason, principal, roles, trace } = printedLogin(login);
  const unavailable = reason === 'unavailable' || reason === 'bug';
  return { status: unavailable ? 'unavailable' : status, principal, roles, decidedBy: trace.decidedBy, ...seen };
}

function explained({ login, access }: Rehearsed, principal: string | undefined): string {
  const around = principal === undefined ? {} : { principal };
  const parts = [
    ...(login === undefined ? [] : [explainTrace(login.trace, { around })]),
    ...(access === undefined ? [] : [explainAccess(access.question, access)]),
  ];
  return parts.join('\n');
}
