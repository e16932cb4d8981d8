/** @module Login modules that do what a test says, and remember what was done to them. */
import type { StackModule } from '../../src/engine/security-domain.ts';
import type { PasswordEvidence } from '../../src/spi/evidence.ts';
import type {
  Contribution,
  ControlFlag,
  FailureReason,
  LoginContext,
  LoginModule,
  ModuleOutcome,
} from '../../src/spi/login-module.ts';
import { Secret } from '../../src/spi/secret.ts';
import type { LoginRequest } from '../../src/spi/security-domain.ts';

export const request: LoginRequest = { sourceAddress: '192.0.2.1', mechanism: 'FORM' };

export function passwordOf(username: string, password = 'secret'): PasswordEvidence {
  return { kind: 'password', username, password: new Secret(password) };
}

export const identityOf = (name: string): Contribution => ({ identity: { name, type: 'user' } });

export const succeeded = (contribution: Contribution = identityOf('eric')): ModuleOutcome => ({
  status: 'succeeded',
  contribution,
});
export const ignored: ModuleOutcome = { status: 'ignored', note: 'not mine' };
export const failed = (reason: FailureReason = 'bad-credential'): ModuleOutcome => ({ status: 'failed', reason });

export interface FakeModule extends LoginModule {
  readonly logins: LoginContext[];
  readonly aborts: LoginContext[];
  closes: number;
}

/** A module whose `login` is the function given. */
export function fakeModule(
  login: (context: LoginContext) => Promise<ModuleOutcome> | ModuleOutcome,
  abort: () => Promise<void> = async () => undefined,
): FakeModule {
  const module: FakeModule = {
    logins: [],
    aborts: [],
    closes: 0,
    async login(context) {
      module.logins.push(context);
      return login(context);
    },
    async abort(context) {
      module.aborts.push(context);
      await abort();
    },
    async close() {
      module.closes += 1;
    },
  };
  return module;
}

/** A store of users and passwords, as a module sees it. */
export const fakeUsers = (table: Readonly<Record<string, string>>) =>
  fakeModule(({ evidence }: LoginContext): ModuleOutcome => {
    if (evidence.kind !== 'password') return failed('unsupported-evidence');
    const expected = table[evidence.username];
    if (expected === undefined) return failed('unknown-user');
    if (expected !== evidence.password.reveal()) return failed('bad-credential');
    return succeeded({ identity: { name: evidence.username, type: 'user' }, roles: [`role of ${evidence.username}`] });
  });

export function entry(
  flag: ControlFlag,
  code: string,
  module: LoginModule,
  changes: Partial<StackModule> = {},
): StackModule {
  return { name: code, code, flag, module, stacking: false, ...changes };
}

export const never = (): Promise<never> => new Promise(() => undefined);
