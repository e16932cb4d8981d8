/** @module `gatehouse serve`: checks the configuration, starts the server, and stops it in good order. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HomeFolder, openHome } from '../adapters/home-folder.ts';
import type { Configuration } from '../config/configuration.ts';
import type { FirstStartSecrets } from '../server/first-start.ts';
import type { RunningServer } from '../server.ts';
import type { Command, ExitCode } from './command.ts';
import { configurationPath, loadFromHome } from './load-configuration.ts';

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
    const home = await openHome(values.home ?? 'var');
    const isNew = !(await home.exists(configurationPath));
    const secrets = isNew
      ? await (await import('../server/first-start.ts')).firstStart(home, values.samples === true)
      : undefined;
    const samples = values.samples === true ? await import('../server/samples.ts') : undefined;
    await samples?.writeMetadata(home, portOffset);
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    if (values.check === true) return check(home, loaded.configuration);
    const { startServer } = await import('../server.ts');
    const logTo = values.log ?? join(home.path, 'log', 'server.log');
    const schemasFolder = join(import.meta.dirname, '..', '..', 'schemas');
    const server = await startServer({ ...loaded, home, portOffset, logTo, schemasFolder });
    const running = await samples?.start(home, server.publicUrl, portOffset).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    process.stdout.write(greeting(home, server, running?.urls, secrets));
    return untilSignal(async () => {
      await running?.close();
      await server.stop();
    });
  },
};

/** What the text alone cannot tell: are the files there, and do keys and certificates go together. */
async function check(home: HomeFolder, configuration: Configuration): Promise<ExitCode> {
  const { checkFiles } = await import('../server/check.ts');
  await checkFiles(home, configuration);
  process.stdout.write(`${home.resolve(configurationPath)} is in order.\n`);
  return 0;
}

function greeting(
  home: HomeFolder,
  server: RunningServer,
  samples: readonly string[] | undefined,
  secrets: FirstStartSecrets | undefined,
) {
  const lines: (readonly [string, string])[] = [
    ['Gatehouse', `${server.publicUrl}/  (management: ${server.managementUrl}/health/ready)`],
  ];
  if (samples !== undefined) lines.push(['Sample apps', samples.map((url) => `${url}/`).join('  ')]);
  if (secrets !== undefined) {
    if (secrets.samplePassword !== undefined) {
      lines.push(['Sample users', `eric, amar, brian, alan (password: ${secrets.samplePassword})`]);
    }
    lines.push([
      'Administrator',
      `${secrets.administrator.name} (one-time password, shown only now: ${secrets.administrator.password})`,
    ]);
  }
  lines.push(['Configuration', home.resolve(configurationPath)]);
  return lines.map(([name, text]) => `${name.padEnd(15)}${text}\n`).join('');
}

/**
 * The first signal stops in good order; one more after a second ends the process at once. One stop can arrive twice: a
 * terminal or a service manager signals the whole group, and npm hands its own on.
 */
function untilSignal(stop: () => Promise<void>): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    let stoppingSince: number | undefined;
    const onSignal = () => {
      const now = performance.now();
      if (stoppingSince !== undefined) {
        if (now - stoppingSince > sameSignalMs) process.exit(3);
        return;
      }
      stoppingSince = now;
      stop().then(() => resolve(0), reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
