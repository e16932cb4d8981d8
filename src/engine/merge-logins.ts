/** @module Several logins of one request made into one: what each of them has proved, under the name of the first. */
import type { LoginResult } from '../spi/security-domain.ts';
import type { Subject } from '../spi/subject.ts';
import { buildSubject } from './subject-builder.ts';

export type Authenticated = Extract<LoginResult, { status: 'authenticated' }>;

/**
 * As the modules of a stack add up (jboss-facts §1.3): the caller's name is the first one's, everything else is added. The
 * trace is the last one's: it knows of all the others.
 */
export function mergeLogins(first: Authenticated, more: readonly Authenticated[]): Authenticated {
  return more.reduce(
    (so, next) => ({
      status: 'authenticated',
      subject: mergeSubjects(so.subject, next.subject),
      replies: [...so.replies, ...next.replies],
      trace: next.trace,
    }),
    first,
  );
}

function mergeSubjects(first: Subject, second: Subject): Subject {
  const { callerPrincipal } = first;
  const identities = [...first.principals, ...second.principals].map((identity) => ({ identity }));
  const merged = buildSubject([{ callerPrincipal }, ...identities, addedBy(first), addedBy(second)]);
  // What is the first one's alone, such as the name of its login, stays.
  return { ...first, ...merged };
}

function addedBy({ roles, groups, attributes, factors = [] }: Subject) {
  return { roles, groups, attributes, factors };
}
