/** @module A login module on a directory of the tests: its services and its options. */
import { createDirectories } from '../../src/adapters/ldap/directories.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Evidence } from '../../src/spi/evidence.ts';
import type { LoginModuleFactory, ModuleOutcome } from '../../src/spi/login-module.ts';
import { password } from './plugin-evidence.ts';
import { loginContext, pluginServices, RecordingSharedState } from './plugin-services.ts';

export function ldapServices(files: Readonly<Record<string, string>> = {}) {
  const directories = createDirectories(systemClock);
  return pluginServices({ openDirectory: directories.open, files });
}

/** One login, by a module that is closed afterwards. */
export async function loginWith(
  factory: LoginModuleFactory,
  options: Readonly<Record<string, unknown>>,
  evidence: Evidence,
  stacked?: string,
): Promise<ModuleOutcome> {
  const module = await factory.create(options, ldapServices());
  const shared = stacked === undefined ? undefined : new RecordingSharedState({ name: stacked, evidence });
  try {
    return await module.login(loginContext(evidence, shared === undefined ? {} : { shared }));
  } finally {
    await module.close?.();
  }
}

/** The roles of somebody who is let in, sorted. */
export async function rolesWith(
  factory: LoginModuleFactory,
  options: Readonly<Record<string, unknown>>,
  name: string,
  secret: string,
): Promise<readonly string[]> {
  const outcome = await loginWith(factory, options, password(name, secret));
  if (outcome.status !== 'succeeded') throw new Error(`${name} is not let in: ${JSON.stringify(outcome)}`);
  return [...(outcome.contribution.roles ?? [])].toSorted();
}
