/** @module A recorded login under another configuration: what would come of it, told from what the modules said then. */
import type { DecisionTrace, ModuleStep, StepOutcome } from '../spi/decision-trace.ts';
import type { Contribution } from '../spi/login-module.ts';
import type { FlagOutcome } from './control-flags.ts';
import { type FlagState, initialFlagState, nextAfter, verdict } from './control-flags.ts';
import type { ReplayDomain, ReplayModule } from './replay-domain.ts';
import { buildSubject } from './subject-builder.ts';

export interface ReplayedOutcome {
  readonly outcome: 'authenticated' | 'challenge' | 'refused';
  /** `undefined` where nobody is authenticated, or where it cannot be told. */
  readonly principal?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

export type Replayed =
  | { readonly status: 'same' }
  | { readonly status: 'changes'; readonly to: ReplayedOutcome; readonly because: string }
  /** An answer that decides is missing: a module would have to be asked. */
  | { readonly status: 'unknown'; readonly because: string };

/** Three answers a module, up to 32 modules: a stack of which more is unknown is told nothing about. */
const maxPaths = 2000;

interface Path {
  readonly flags: FlagState;
  /** Names of the modules that said yes, in order; those of whom it is only supposed are in `supposed` too. */
  readonly succeeded: readonly string[];
  readonly supposed: readonly string[];
  /** Ended by a challenge or a bug. */
  readonly stopped?: 'challenge' | 'refused';
}

/** `domain` `undefined`: the new configuration has none of that name. */
export function replayLogin(trace: DecisionTrace, domain: ReplayDomain | undefined): Replayed {
  if (domain === undefined) {
    return changed({ outcome: 'refused' }, `there is no security domain ${trace.domain} any more`);
  }
  if (domain.changes.length === 0) return { status: 'same' };
  const special = withoutStack(trace, domain);
  if (special !== undefined) return special;
  if (domain.opaque !== undefined) return { status: 'unknown', because: domain.opaque };
  const unknowns = new Map<string, string>();
  const paths = walk(trace, domain, unknowns);
  if (paths === undefined) return { status: 'unknown', because: 'too many modules would have to be asked' };
  const before = recorded(trace);
  const finals = paths.map((path) => finalOf(path, trace, domain));
  const because = [...unknowns.values()][0] ?? 'the mapping has changed';
  const verdicts = finals.map((final) => compare(before, final));
  if (verdicts.every((one) => one === 'same')) return { status: 'same' };
  const [first = { outcome: 'refused' }] = finals;
  if (verdicts.every((one) => one === 'differs') && finals.every(({ outcome }) => outcome === first.outcome)) {
    return changed(agreed(finals, first), reasonFor(before, first, paths[0], domain));
  }
  return { status: 'unknown', because };
}

/** Decisions that no module had a part in. */
function withoutStack({ decidedBy, modules }: DecisionTrace, domain: ReplayDomain): Replayed | undefined {
  if (decidedBy.startsWith('lock-out')) {
    return domain.lockOutChanged
      ? { status: 'unknown', because: 'it was locked out, and the lock-out has changed' }
      : { status: 'same' };
  }
  const asked = modules.some(({ outcome }) => outcome !== 'not-reached');
  return asked ? undefined : { status: 'unknown', because: 'no module was asked then: the answer came from a cache' };
}

/** Every way in which the stack can go, as far as the answers are not known. Notes why one is not. */
function walk(trace: DecisionTrace, domain: ReplayDomain, unknowns: Map<string, string>): readonly Path[] | undefined {
  let paths: readonly Path[] = [{ flags: initialFlagState, succeeded: [], supposed: [] }];
  for (const [position, module] of domain.modules.entries()) {
    const next = new Map<string, Path>();
    for (const path of paths) {
      const branches = path.flags.ended || path.stopped !== undefined ? [path] : turns(path, module, position);
      for (const branch of branches) next.set(JSON.stringify(branch), branch);
    }
    if (next.size > maxPaths) return undefined;
    paths = [...next.values()];
  }
  return paths;

  function turns(path: Path, module: ReplayModule, position: number): readonly Path[] {
    const answer = answerOf(trace, domain, module, path);
    if ('because' in answer) {
      unknowns.set(module.name, answer.because);
      const outcomes: readonly FlagOutcome[] = ['succeeded', 'ignored', 'failed'];
      return outcomes.map((outcome) => taken(path, module, outcome, position, true));
    }
    if (answer.outcome === 'challenge') return [{ ...path, stopped: 'challenge' }];
    if (answer.outcome === 'bug') return [{ ...path, stopped: 'refused' }];
    return [taken(path, module, flagOutcome(answer.outcome), position, false)];
  }
}

function taken(path: Path, module: ReplayModule, outcome: FlagOutcome, position: number, supposed: boolean): Path {
  const flags = nextAfter(path.flags, module.flag, outcome, position);
  if (outcome !== 'succeeded') return { ...path, flags };
  return {
    flags,
    succeeded: [...path.succeeded, module.name],
    supposed: supposed ? [...path.supposed, module.name] : path.supposed,
  };
}

/** What a module said then, if it would be asked the same now. */
function answerOf(
  trace: DecisionTrace,
  domain: ReplayDomain,
  module: ReplayModule,
  path: Path,
): { readonly outcome: StepOutcome } | { readonly because: string } {
  const position = trace.modules.findIndex(({ name, code }) => name === module.name && code === module.code);
  const step = trace.modules[position];
  if (module.changed !== undefined) return { because: `${module.name} would have to be asked: ${module.changed}` };
  if (step === undefined) return { because: `${module.name} would have to be asked: it is new` };
  if (step.outcome === 'not-reached')
    return { because: `${module.name} would have to be asked: it was not reached then` };
  const before = succeededBefore(trace.modules.slice(0, position));
  const stacking = (names: readonly string[]) => names.filter((name) => domain.stacking.has(name));
  const sameStack = equal(stacking(before), stacking(path.succeeded));
  if (module.stacking && !sameStack)
    return { because: `${module.name} would have to be asked: another name reaches it` };
  if (module.readsOthers && !equal(before, path.succeeded)) {
    return { because: `${module.name} would have to be asked: other modules come before it` };
  }
  return { outcome: step.outcome };
}

function finalOf(path: Path, trace: DecisionTrace, domain: ReplayDomain): ReplayedOutcome {
  if (path.stopped !== undefined) return { outcome: path.stopped };
  if (!verdict(path.flags).granted) return { outcome: 'refused' };
  if (path.supposed.length > 0) return { outcome: 'authenticated' };
  const steps = path.succeeded.flatMap((name) => trace.modules.find((step) => step.name === name) ?? []);
  const subject = buildSubject(steps.map(contributionOf));
  if (subject === undefined) return { outcome: 'refused' };
  const proved = { outcome: 'authenticated', principal: subject.callerPrincipal.name, roles: subject.roles } as const;
  const before = buildSubject(succeededSteps(trace.modules).map(contributionOf));
  const sameInput =
    before !== undefined &&
    before.callerPrincipal.name === proved.principal &&
    equal([...before.roles].sort(), [...proved.roles].sort());
  if (!domain.mappingChanged && sameInput && trace.outcome === 'authenticated') return recorded(trace);
  return domain.mappingChanged || domain.maps ? { outcome: 'authenticated' } : proved;
}

function recorded({ outcome, principal, roles }: DecisionTrace): ReplayedOutcome {
  if (outcome === 'authenticated') return { outcome, principal, roles };
  return { outcome: outcome === 'challenge' ? 'challenge' : 'refused' };
}

function compare(before: ReplayedOutcome, after: ReplayedOutcome): 'same' | 'differs' | 'open' {
  if (before.outcome !== after.outcome) return 'differs';
  if (before.outcome !== 'authenticated') return 'same';
  if (after.roles === undefined) return 'open';
  const roles = equal([...(before.roles ?? [])].sort(), [...after.roles].sort());
  return roles && before.principal === after.principal ? 'same' : 'differs';
}

/** What all finals have in common. */
function agreed(finals: readonly ReplayedOutcome[], first: ReplayedOutcome): ReplayedOutcome {
  return finals.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : { outcome: first.outcome };
}

function reasonFor(
  before: ReplayedOutcome,
  after: ReplayedOutcome,
  path: Path | undefined,
  domain: ReplayDomain,
): string {
  const changes = domain.changes.join('; ');
  if (before.outcome === 'authenticated' && after.outcome === 'authenticated') return changes;
  const decided = path === undefined ? undefined : verdict(path.flags);
  const by = decided?.granted === false && decided.by !== undefined ? domain.modules[decided.by] : undefined;
  return by === undefined ? changes : `${by.flag} ${by.name} says no (${changes})`;
}

function flagOutcome(outcome: StepOutcome): FlagOutcome {
  return outcome === 'succeeded' || outcome === 'ignored' ? outcome : 'failed';
}

const succeededSteps = (steps: readonly ModuleStep[]) => steps.filter(({ outcome }) => outcome === 'succeeded');
const succeededBefore = (steps: readonly ModuleStep[]) => succeededSteps(steps).map(({ name }) => name);

/** As far as a trace keeps it: of two names the second is the CallerPrincipal. */
function contributionOf({ principals: [identity, caller], roles, removedRoles }: ModuleStep): Contribution {
  return {
    ...(identity === undefined ? {} : { identity: { name: identity, type: 'user' } }),
    ...(caller === undefined ? {} : { callerPrincipal: { name: caller, type: 'user' } }),
    roles,
    removedRoles,
  };
}

function changed(to: ReplayedOutcome, because: string): Replayed {
  return { status: 'changes', to, because };
}

function equal(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
