/** @module What is missing for the tests is installed when it may be, and named when not. */
import { describe, expect, test } from 'vitest';
import { ensurePackages, type Machine } from '../../scripts/debian-packages.ts';

const packages = [
  { name: 'here', file: '/usr/bin/here', reason: 'is there' },
  { name: 'absent', file: '/usr/bin/absent', reason: 'is needed' },
];

class FakeMachine implements Machine {
  readonly isRoot: boolean;
  readonly told: string[] = [];
  readonly commands: string[] = [];
  readonly files = new Set(['/usr/bin/apt-get', '/usr/bin/here']);
  readonly #installs: boolean;

  constructor(isRoot: boolean, installs = true) {
    this.isRoot = isRoot;
    this.#installs = installs;
  }

  exists(path: string): boolean {
    return this.files.has(path);
  }

  run(file: string, args: readonly string[]): boolean {
    this.commands.push([file, ...args].join(' '));
    if (this.#installs && args.includes('install')) this.files.add('/usr/bin/absent');
    return this.#installs;
  }

  tell(line: string): void {
    this.told.push(line);
  }
}

describe('setting up the Debian packages', () => {
  test('runs nothing when all are there', () => {
    const machine = new FakeMachine(true);
    machine.files.add('/usr/bin/absent');
    expect([ensurePackages(machine, packages), machine.commands]).toEqual([true, []]);
  });

  test('installs what is missing, and only that, as root', () => {
    const machine = new FakeMachine(true);
    expect(ensurePackages(machine, packages)).toBe(true);
    expect(machine.commands.at(-1)).toMatch(/ install -y --no-install-recommends absent$/);
  });

  test('waits for another apt', () => {
    const machine = new FakeMachine(true);
    ensurePackages(machine, packages);
    expect(machine.commands.filter((command) => !command.includes('DPkg::Lock::Timeout='))).toEqual([]);
  });

  test('fails when apt fails', () => {
    expect(ensurePackages(new FakeMachine(true, false), packages)).toBe(false);
  });

  test('changes nothing without being root', () => {
    const machine = new FakeMachine(false);
    expect([ensurePackages(machine, packages), machine.commands]).toEqual([false, []]);
  });

  test('says without being root what is missing and how to get it', () => {
    const machine = new FakeMachine(false);
    ensurePackages(machine, packages);
    expect(machine.told).toEqual([
      'The tests need these Debian packages:',
      '  absent (is needed): no /usr/bin/absent',
      'Install them: sudo apt-get install --no-install-recommends absent',
    ]);
  });
});
