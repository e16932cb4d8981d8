/** @module The optional native package `kerberos` for the tests: built once the headers are there, for a set-up that came before them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface KerberosBuild {
  exists(path: string): boolean;
  /** The version that the lock file has. */
  readonly version: string;
  /** Where the headers of Node are below `include/node`: without them they would be fetched. */
  readonly nodeFolder: string | undefined;
  run(file: string, args: readonly string[], environment: Readonly<Record<string, string>>): boolean;
  say(line: string): void;
}

const built = 'node_modules/kerberos/build/Release/kerberos.node';

/** False: it is not there and could not be built. npm leaves an optional package out whose build has failed. */
export function ensureNativeKerberos(build: KerberosBuild): boolean {
  if (build.exists(built)) return true;
  build.say('Building the native kerberos package …');
  const environment = build.nodeFolder === undefined ? {} : { npm_config_nodedir: build.nodeFolder };
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-engine-strict', '--foreground-scripts=false'];
  const args = build.exists('node_modules/kerberos/package.json')
    ? ['rebuild', 'kerberos', ...quiet]
    : ['install', '--no-save', '--no-package-lock', `kerberos@${build.version}`, ...quiet];
  if (build.run('npm', args, environment) && build.exists(built)) return true;
  build.say(
    `The native kerberos package could not be built: run "npm ${args.slice(0, 2).join(' ')}" by hand and see why.`,
  );
  return false;
}

export function kerberosBuildIn(root: string): KerberosBuild {
  const folder = dirname(dirname(process.execPath));
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    exists: (path) => existsSync(join(root, path)),
    version: String(optionalDependencies.kerberos),
    nodeFolder: existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined,
    run: (file, args, environment) =>
      spawnSync(file, args, { cwd: root, env: { ...process.env, ...environment }, stdio: 'inherit' }).status === 0,
    say: (line) => console.error(line),
  };
}
