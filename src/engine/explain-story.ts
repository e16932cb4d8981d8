/** @module A decision in plain sentences, for somebody who did not write the configuration: what happened, why, and what to do. */
import type { AuditEvent } from '../spi/audit.ts';
import type { ConfigurationPlace, DecisionTrace, ModuleStep } from '../spi/decision-trace.ts';
import { type Advice, adviceOn } from './explain-advice.ts';
import { kerberosStoryOf } from './explain-kerberos.ts';

/** What the record around a trace knows and the trace does not. */
export type Circumstances = Pick<AuditEvent, 'principal' | 'sourceAddress' | 'application' | 'path'>;

export interface Story {
  readonly sentence: string;
  readonly advice: Advice | undefined;
}

/** Of a login. `around.principal`: the name that was claimed, where nobody was authenticated. */
export function loginStory(trace: DecisionTrace, around: Circumstances): Story {
  const step = decidingStep(trace);
  const alternatives = failedAlternatives(trace, step);
  const told = `${subjectOf(trace, around)} ${circumstances(trace, around)}`;
  if (alternatives.length > 1) {
    const { reason, names } = nearestReason(alternatives);
    return {
      sentence: `${told}no module accepted the login: ${alternatives.map(stepWords).join('; ')}.`,
      advice: adviceOn(reason, { domain: trace.domain, module: names.join(' or ') }),
    };
  }
  const token = kerberosStoryOf(step);
  if (token !== undefined && step !== undefined && trace.outcome === 'denied') {
    const { words, means, next } = token;
    return { sentence: `${told}the module ${moduleAt(step)} ${words}.`, advice: { means, next } };
  }
  const reason = reasonWord(trace, step);
  return {
    sentence: `${told}${because(trace, step, reason)}.`,
    advice:
      trace.outcome === 'authenticated' ? undefined : adviceOn(reason, { domain: trace.domain, module: step?.name }),
  };
}

/**
 * Where each of several modules would have been enough, every one that said no; else none. The rule names only the first
 * of them (jboss-facts §1.1), and what that one said is seldom what keeps a person out.
 */
function failedAlternatives({ outcome, modules }: DecisionTrace, step: ModuleStep | undefined): readonly ModuleStep[] {
  if (outcome !== 'denied' || step === undefined || !isAlternative(step)) return [];
  return modules.filter((one) => one.outcome === 'failed' && isAlternative(one));
}

function isAlternative({ flag }: ModuleStep): boolean {
  return flag === 'sufficient' || flag === 'optional';
}

/** From what was nearest to a login to what was farthest; a reason of a module's own comes last, as there is no advice on it. */
const byNearness = [
  'no-roles',
  'account-disabled',
  'bad-credential',
  'not-permitted',
  'unsupported-evidence',
  'unknown-user',
];

/** What kept the person out, and the names of the modules that said it. */
function nearestReason(steps: readonly ModuleStep[]): { readonly reason: string; readonly names: readonly string[] } {
  const said = steps.map(wordOf);
  const reason = byNearness.find((one) => said.includes(one)) ?? said[0] ?? '';
  return { reason, names: steps.filter((step) => wordOf(step) === reason).map(({ name }) => name) };
}

/** The reason of a step without what follows it. */
function wordOf({ reason = '' }: ModuleStep): string {
  return reason.split(':', 1)[0] ?? '';
}

function stepWords(step: ModuleStep): string {
  return `${moduleAt(step)} ${moduleWords[wordOf(step)] ?? `said ${wordOf(step)}`}`;
}

function moduleAt({ name, place }: ModuleStep): string {
  return place === undefined ? name : `${name} (${placeWords(place)})`;
}

/** Of an application's answer: only refusals are recorded. */
export function authorizationStory(event: AuditEvent): Story {
  const { principal, application = 'an application', path = '/', reason = '' } = event;
  const step = event.authorization?.find(({ decision }) => decision === 'deny');
  const who = principal ?? 'A visitor who had not signed in';
  const at = step?.place === undefined ? '' : ` (${placeWords(step.place)})`;
  const why = accessWords[reason] ?? reason;
  const result = event.outcome === 'success' ? 'was let through to' : 'was refused';
  return {
    sentence: `${who} ${result} ${path} of ${application} ${instant(event.at)}: ${why}${at}.`,
    advice: event.outcome === 'success' ? undefined : adviceOn(reason, {}),
  };
}

/** The step that `decidedBy` names; `undefined` where it names none. */
export function decidingStep(trace: DecisionTrace): ModuleStep | undefined {
  return trace.modules
    .filter((step) => trace.decidedBy.includes(`${titleOf(step)} `))
    .toSorted((one, other) => titleOf(other).length - titleOf(one).length)[0];
}

function titleOf({ flag, name, code }: ModuleStep): string {
  return name === code ? `${flag} ${code}` : `${flag} ${name} (${code})`;
}

/** A failure reason, an error code, or a constant word. */
function reasonWord({ outcome, decidedBy }: DecisionTrace, step: ModuleStep | undefined): string {
  if (outcome === 'bug') return 'ERR_LOGIN_MODULE_BUG';
  if (decidedBy.startsWith('lock-out:')) return 'locked-out';
  if (decidedBy.startsWith('lock-out could not')) return 'lock-out-unavailable';
  if (decidedBy === 'all modules ignored') return 'all-ignored';
  if (decidedBy === 'no module named an identity') return 'no-identity';
  if (decidedBy === 'another mechanism proved somebody else') return 'other-principal';
  return /: ([\w-]+)$/.exec(decidedBy)?.[1] ?? (step === undefined ? '' : wordOf(step));
}

function subjectOf({ outcome, principal }: DecisionTrace, around: Circumstances): string {
  const name = principal ?? around.principal;
  const who =
    name === undefined ? 'Somebody' : outcome === 'authenticated' ? name : `Somebody who gave the name ${name}`;
  if (outcome === 'authenticated') return `${who} was let in`;
  return outcome === 'challenge' ? `${who} was asked for one thing more` : `${who} was refused`;
}

function circumstances({ domain, at }: DecisionTrace, { sourceAddress, application }: Circumstances): string {
  const from = sourceAddress === undefined ? '' : `, coming from ${sourceAddress}`;
  const to = application === undefined ? '' : ` on the way to ${application}`;
  return `by the security domain ${domain} ${instant(at)}${from}${to}: `;
}

function because(trace: DecisionTrace, step: ModuleStep | undefined, reason: string): string {
  const module = step === undefined ? 'the stack' : `the module ${moduleAt(step)}`;
  const roles = trace.roles.length === 0 ? 'without any role' : `with the roles ${trace.roles.join(', ')}`;
  switch (trace.outcome) {
    case 'authenticated':
      if (trace.decidedBy.startsWith('cached'))
        return `${trace.decidedBy} still holds, so no module was asked; ${roles}`;
      return step === undefined ? `${trace.decidedBy}, ${roles}` : `${module} said yes, ${roles}`;
    case 'challenge':
      return `${module} ${step?.reason === undefined ? 'has not decided yet' : `asks for ${step.reason}`}`;
    case 'bug':
      return `${module} failed in a way that nobody foresaw`;
    case 'denied':
    case 'unavailable':
      return step === undefined
        ? (wholeStack[reason] ?? trace.decidedBy)
        : `${module} ${moduleWords[reason] ?? `said ${reason}`}`;
    default:
      return trace.outcome satisfies never;
  }
}

/** What a module did, after its name. */
const moduleWords: Readonly<Record<string, string>> = {
  'bad-credential': 'knows the user and does not accept the password or credential',
  'unknown-user': 'knows no user of that name',
  'no-roles': 'found no role for the user, and needs one',
  'unsupported-evidence': 'cannot check what was shown',
  'malformed-name': 'takes no such name: it is empty, too long, or holds control characters',
  'account-disabled': 'knows the user, whose account is disabled, locked or expired',
  'not-permitted': 'does not permit the login',
  ERR_STORE_UNAVAILABLE: 'could not be asked: its store did not answer',
  ERR_DEADLINE_EXCEEDED: 'could not be asked: its store did not answer in time',
  ERR_CIRCUIT_OPEN: 'was not asked: its store had failed again and again just before',
  ERR_OVERLOADED: 'could not be asked: too many logins at once',
};

const wholeStack: Readonly<Record<string, string>> = {
  'locked-out': 'too many refused logins before this one, so no module was asked',
  'lock-out-unavailable': 'the counters of the lock-out could not be asked, and without them no password is taken',
  'all-ignored': 'no module of the stack had an opinion',
  'no-identity': 'the stack said yes, and no module said who it is',
  'other-principal': 'the stack said yes, and a mechanism that is required before it had proved somebody else',
};

const accessWords: Readonly<Record<string, string>> = {
  'role-missing': 'none of the roles that are asked for here',
  'not-authenticated': 'this path needs somebody who has signed in',
  'malformed-evidence': 'what was shown to sign in could not be read',
  excluded: 'this path is closed to everybody',
  'method-not-covered':
    'the constraints of this path say nothing about the method, and what they do not name is refused',
  'malformed-path': 'the path can be read in two ways',
  transport: 'this path is for HTTPS only',
  'no-module-permits': 'no authorization module permits it',
};

function instant(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'at an unknown time';
  const [day = '', time = ''] = date.toISOString().split('T');
  return `on ${day} at ${time.slice(0, 8)} UTC`;
}

function placeWords({ file, line }: ConfigurationPlace): string {
  return `${file}:${line}`;
}
