/** @module `gatehouse serve`: checks the configuration, starts the server, and stops it in good order. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HomeFolder, openExistingHome, openHome } from '../adapters/home-folder.ts';
import { isSystemError } from '../adapters/system-error.ts';
import type { LogFacts } from '../spi/logger.ts';
import type { Command, ExitCode } from './command.ts';
import { keepRevision } from './configuration-lines.ts';
import { configurationPath, loadFromHome } from './load-configuration.ts';
import { schemasFolder } from './schemas-folder.ts';

const help = `Usage: gatehouse serve [--home <folder>] [--check] [--port-offset <n>] [--samples] [--log <file>|stdout]

Serves until SIGTERM or Ctrl-C; then readiness goes off, requests under way finish, and it ends.

  --home <folder>     where configuration, keys and logs are (default ./var). An empty one gets a configuration
                      and an administrator, with --samples also sample users; passwords are printed once.
  --check             say whether the configuration is right, and end: 0 yes, 1 no
  --port-offset <n>   added to every port
  --samples           also serve the three sample applications
  --log <file>        default <home>/log/server.log; stdout for containers
`;

const maxPort = 65_535;
const sameSignalMs = 1000;

export const serve: Command = {
  summary: 'run the server',
  help,
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        home: { type: 'string' },
        check: { type: 'boolean' },
        'port-offset': { type: 'string' },
        samples: { type: 'boolean' },
        log: { type: 'string' },
      },
    });
    const portOffset = Number(values['port-offset'] ?? '0');
    if (!Number.isInteger(portOffset) || portOffset < 0 || portOffset > maxPort) {
      process.stderr.write(`gatehouse serve: --port-offset takes a whole number from 0 to ${maxPort}.\n`);
      return 2;
    }
    const folder = values.home ?? 'var';
    if (values.check === true) return check(folder);
    const home = await openHome(folder);
    if (!(await home.exists(configurationPath))) await makeFirstConfiguration(home, values.samples === true);
    const samples = values.samples === true ? await import('../server/samples.ts') : undefined;
    await samples?.writeMetadata(home, portOffset);
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    // From here on a signal finds somebody who listens: it may come as soon as the server is ready.
    const stopped = stopSignal();
    await keepRevision(home, loaded.revision);
    const { startServer } = await import('../server.ts');
    const logTo = values.log ?? join(home.path, 'log', 'server.log');
    const server = await startServer({ ...loaded, home, portOffset, logTo, schemasFolder });
    const running = await samples?.start(home, server.publicUrl, portOffset).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    print([
      ['Gatehouse', `${server.publicUrl}/  (management: ${server.managementUrl}/health/ready)`],
      ...(running === undefined ? [] : [['Sample apps', running.urls.map((url) => `${url}/`).join('  ')] as const]),
      ['Configuration', home.resolve(configurationPath)],
    ]);
    await stopped;
    await running?.close();
    await server.stop();
    return 0;
  },
};

/** The passwords are printed at once: whatever fails after this, they have been seen. */
async function makeFirstConfiguration(home: HomeFolder, withSamples: boolean): Promise<void> {
  const { firstStart } = await import('../server/first-start.ts');
  const { administrator, samples } = await firstStart(home, withSamples);
  const users = `${samples?.users.join(', ')} (password: ${samples?.password})`;
  print([
    ...(samples === undefined ? [] : [['Sample users', users] as const]),
    ['Administrator', `${administrator.name} (one-time password, shown only now: ${administrator.password})`],
  ]);
}

function print(lines: readonly (readonly [name: string, text: string])[]): void {
  process.stdout.write(lines.map(([name, text]) => `${name.padEnd(15)}${text}\n`).join(''));
}

/** Changes nothing. What the text alone cannot tell is looked at too: are the files there, do keys and certificates go together. */
async function check(folder: string): Promise<ExitCode> {
  if (await isAbsent(join(folder, configurationPath))) {
    process.stderr.write(`There is no configuration in ${folder}. "gatehouse serve" makes one at its first start.\n`);
    return 1;
  }
  const home = await openExistingHome(folder);
  const loaded = await loadFromHome(home);
  if (loaded === undefined) return 1;
  const { checkFiles } = await import('../server/check.ts');
  const warn = (facts: LogFacts, message: string) => {
    process.stderr.write(`warning: ${message} ${JSON.stringify(facts)}\n`);
  };
  const logger = { info: () => undefined, warn, error: warn };
  await checkFiles({ ...loaded, home, schemasFolder, logger });
  process.stdout.write(`${home.resolve(configurationPath)} is in order.\n`);
  return 0;
}

/** A folder that this user may not look into is no reason to say that there is nothing: reading tells. */
async function isAbsent(path: string): Promise<boolean> {
  try {
    await access(path);
    return false;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT';
  }
}

/**
 * Resolves at the first signal. One more after a second ends the process at once. One stop can arrive twice: a terminal or
 * a service manager signals the whole group, and npm hands its own on.
 */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = () => {
      const now = performance.now();
      if (firstAt !== undefined && now - firstAt > sameSignalMs) process.exit(3);
      firstAt ??= now;
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
