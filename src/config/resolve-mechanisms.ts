/** @module Lists and stacks of mechanisms of the checked document, made into what the rest of the house reads. */
import type {
  JaspiConfiguration,
  LoginModuleConfiguration,
  MechanismConfiguration,
  RawOptions,
} from './configuration.ts';
import { isApplicationsOwn } from './mechanism-findings.ts';
import type { Path } from './problem.ts';
import { known, type ResolveContext } from './resolve-context.ts';
import type { ConfigurationDocument } from './schema.ts';

export type StackDocument = NonNullable<ConfigurationDocument['security-domains'][string]['authentication']>;
type ListDocument = ConfigurationDocument['applications'][string]['mechanisms'];
type JaspiDocument = NonNullable<ConfigurationDocument['security-domains'][string]['authentication-jaspi']>;

export function resolveMechanisms(
  list: ListDocument,
  path: Path,
  context: ResolveContext,
): readonly MechanismConfiguration[] | undefined {
  return list?.map((written, index) => {
    const { name, ...options } = typeof written === 'string' ? { name: written } : written;
    return resolveMechanism(name, options, [...path, index], context);
  });
}

function resolveMechanism(name: string, options: RawOptions, path: Path, { catalog, place }: ResolveContext) {
  return {
    name: known<{ readonly name: string }>(catalog.mechanisms.find(name), { name }).name,
    options,
    place: place(path),
  };
}

export function resolveJaspi(
  written: JaspiDocument,
  path: Path,
  stackOf: (stack: StackDocument, path: Path) => readonly LoginModuleConfiguration[],
  context: ResolveContext,
): JaspiConfiguration {
  const stacks = Object.entries(written['login-module-stacks']).map(([name, stack]) => ({
    name,
    modules: stackOf(stack, [...path, 'login-module-stacks', name]),
  }));
  return {
    stacks,
    authModules: written['auth-modules'].map((module, index) => {
      const at = [...path, 'auth-modules', index];
      const options = module['module-options'] ?? {};
      return {
        mechanism: isApplicationsOwn(module.code) ? 'application' : resolveMechanism(module.code, options, at, context),
        flag: module.flag,
        // Left out it is the only one; that there is one has been checked.
        stack: module['login-module-stack-ref'] ?? stacks[0]?.name ?? '',
        place: context.place(at),
      };
    }),
  };
}
