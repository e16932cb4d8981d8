/** @module Evidence as the modules of a stack read it, before the first of them is asked. */
import type { Timers } from '../spi/clock.ts';
import type { ModuleStep } from '../spi/decision-trace.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import type { LoginRequest } from '../spi/security-domain.ts';
import { withDeadline } from './deadline.ts';
import { classifyFault, type Fault, faultWord } from './fault.ts';
import { type StackModule, stepNotReached } from './module-run.ts';
import { type StackDecision, titleOf } from './stack-verdict.ts';

export type EvidenceReading =
  | { readonly status: 'read'; readonly evidence: ModuleEvidence }
  /** Nobody was asked: what was shown cannot be judged before it is known what it says. */
  | { readonly status: 'fault'; readonly decision: StackDecision; readonly steps: readonly ModuleStep[] };

/** Each module that reads evidence gets what the one before it has made of it. */
export async function readEvidence(
  shown: ModuleEvidence,
  request: LoginRequest,
  { modules, timers, defaultDeadlineMs }: Reading,
): Promise<EvidenceReading> {
  let evidence = shown;
  for (const entry of modules) {
    const { module } = entry;
    if (module.readEvidence === undefined) continue;
    const known = evidence;
    const ms = entry.deadlineMs ?? defaultDeadlineMs;
    try {
      evidence = await withDeadline(
        timers,
        ms,
        async (signal) => module.readEvidence?.(known, request, signal) ?? known,
      );
    } catch (error) {
      return stopped(entry, classifyFault(error), modules);
    }
  }
  return { status: 'read', evidence };
}

interface Reading {
  readonly modules: readonly StackModule[];
  readonly timers: Timers;
  readonly defaultDeadlineMs: number;
}

function stopped(entry: StackModule, fault: Fault, modules: readonly StackModule[]): EvidenceReading {
  const because = faultWord(fault);
  const steps = modules.map((one) => {
    const step = stepNotReached(one);
    return one === entry ? { ...step, outcome: fault.status, reason: because } : step;
  });
  const decidedBy = `${titleOf(entry)} could not read the evidence: ${because}`;
  if (fault.status === 'bug') return { status: 'fault', decision: { verdict: fault, decidedBy }, steps };
  const reason = fault.status === 'unavailable' ? 'unavailable' : 'rejected';
  return { status: 'fault', decision: { verdict: { status: 'failed', reason, because }, decidedBy }, steps };
}
