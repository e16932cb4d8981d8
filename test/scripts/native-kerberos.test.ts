/** @module The native kerberos package is built where it is missing, and its lack is said. */
import { describe, expect, it } from 'vitest';
import { ensureNativeKerberos, type KerberosBuild } from '../../scripts/native-kerberos.ts';

const built = 'node_modules/kerberos/build/Release/kerberos.node';

class FakeBuild implements KerberosBuild {
  readonly version = '7.0.0';
  readonly nodeFolder = '/node';
  readonly commands: string[] = [];
  readonly environments: Readonly<Record<string, string>>[] = [];
  readonly lines: string[] = [];
  readonly #files: Set<string>;
  readonly #builds: boolean;
  constructor(files: readonly string[], builds: boolean) {
    this.#files = new Set(files);
    this.#builds = builds;
  }
  exists(path: string) {
    return this.#files.has(path);
  }
  run(file: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.commands.push([file, ...args.slice(0, 2)].join(' '));
    this.environments.push(environment);
    if (this.#builds) this.#files.add(built);
    return this.#builds;
  }
  say(line: string) {
    this.lines.push(line);
  }
}

describe('the native kerberos package', () => {
  it('is left alone where it is', () => {
    const build = new FakeBuild([built], false);
    expect([ensureNativeKerberos(build), build.commands]).toEqual([true, []]);
  });

  it('is built with the headers of our Node where only the build is missing', () => {
    const build = new FakeBuild(['node_modules/kerberos/package.json'], true);
    expect([ensureNativeKerberos(build), build.commands]).toEqual([true, ['npm rebuild kerberos']]);
    expect(build.environments).toEqual([{ npm_config_nodedir: '/node' }]);
  });

  it('is installed where npm has left it out', () => {
    const build = new FakeBuild([], true);
    expect([ensureNativeKerberos(build), build.commands]).toEqual([true, ['npm install --no-save']]);
  });

  it('fails the run with a line where it cannot be built', () => {
    const build = new FakeBuild([], false);
    expect(ensureNativeKerberos(build)).toBe(false);
    expect(build.lines.at(-1)).toContain('could not be built');
  });
});
