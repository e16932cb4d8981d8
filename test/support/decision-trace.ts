/** @module A decision as tests need one: a step and a trace with every field, each with its changes. */
import type { DecisionTrace, ModuleStep } from '../../src/spi/decision-trace.ts';
import { FAKE_START } from './fake-clock.ts';

export function moduleStep(changes: Partial<ModuleStep> = {}): ModuleStep {
  return {
    code: 'UsersRoles',
    name: 'UsersRoles',
    flag: 'required',
    outcome: 'succeeded',
    ms: 1.5,
    stacked: false,
    principals: ['eric'],
    roles: ['all', 'AB'],
    removedRoles: [],
    place: { file: 'gatehouse.yaml', line: 12 },
    ...changes,
  };
}

/** Of a login by password that was denied before any module was asked. */
export function decisionTrace(changes: Partial<DecisionTrace> = {}): DecisionTrace {
  return {
    id: '01ARYZ6S41ZZZZZZZZZZZZZZZZ',
    at: FAKE_START,
    domain: 'other',
    configRevision: 'r1',
    evidence: 'password',
    mechanism: 'FORM',
    outcome: 'denied',
    decidedBy: 'required UsersRoles failed',
    roles: [],
    modules: [],
    mapping: [],
    authorization: [],
    dryRun: false,
    ms: 2,
    ...changes,
  };
}
