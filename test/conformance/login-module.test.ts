/** @module The suite for login modules takes those that accept nobody, prove nothing or come second. */
import { z } from 'zod';
import { defineLoginModule, type LoginModule } from '../../src/spi/login-module.ts';
import { passwordStackingOption, stopIfAborted } from '../../src/spi/username-password-module.ts';
import { allEvidenceKinds, evidenceOfEachKind, password } from '../support/plugin-evidence.ts';
import { pluginServices, RecordingSharedState } from '../support/plugin-services.ts';
import { loginModuleConformance } from './login-module.ts';

const defined = (code: string, module: LoginModule) =>
  defineLoginModule({
    code,
    summary: 'For this test.',
    options: z.strictObject(passwordStackingOption),
    create: () => module,
  });
const services = () => pluginServices();
const options = { 'password-stacking': 'useFirstPass' };

loginModuleConformance({
  factory: defined('Closed', {
    async login({ signal }) {
      stopIfAborted(signal);
      return { status: 'failed', reason: 'account-disabled' };
    },
  }),
  options,
  services,
  accepted: { never: 'a door that is shut' },
});

loginModuleConformance({
  factory: defined('Renamer', {
    async login({ contributions, signal }) {
      stopIfAborted(signal);
      const roles = contributions.flatMap((one) => one.roles ?? []).map((role) => `new-${role}`);
      return { status: 'succeeded', contribution: { roles } };
    },
  }),
  options,
  services,
  context: { contributions: [{ roles: ['a'] }, { roles: ['b'] }] },
  accepted: { evidence: evidenceOfEachKind.anonymous, roles: ['new-a', 'new-b'] },
  otherKinds: allEvidenceKinds,
  publishes: 'nothing',
});

const proved = password('eric', 'secret');

loginModuleConformance({
  factory: defined('Second', {
    async login({ shared, evidence, signal }) {
      stopIfAborted(signal);
      const first = shared.read();
      if (evidence.kind !== 'password') return { status: 'failed', reason: 'unsupported-evidence' };
      if (first?.evidence === undefined) return { status: 'failed', reason: 'not-permitted', note: 'nothing first' };
      return evidence.password.reveal() === '123456'
        ? { status: 'succeeded', contribution: { roles: [] } }
        : { status: 'failed', reason: 'bad-credential' };
    },
  }),
  options,
  services,
  context: { shared: new RecordingSharedState({ name: 'eric', evidence: proved }) },
  accepted: { evidence: password('eric', '123456'), roles: [] },
  refused: { wrong: password('eric', '654321'), unknown: (name) => password(name, '654321') },
  publishes: 'nothing',
  exceptions: { 'trusts-proved-identity': 'a second factor is asked for although the first is proved' },
});
