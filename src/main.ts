/** @module The command line: finds the command, and turns what it returns or throws into an exit code. */
import manifest from '../package.json' with { type: 'json' };
import type { Command, ExitCode } from './commands/command.ts';
import { type ErrorCode, GatehouseError } from './spi/errors.ts';

/** Something that was written down is wrong. Any other fault means that something could not be asked. */
const refusals: readonly ErrorCode[] = [
  'ERR_CONFIG_INVALID',
  'ERR_CONFIG_UNREADABLE',
  'ERR_NOT_IN_THIS_VERSION',
  'ERR_TLS_KEY_PAIR',
  'ERR_VAULT_KEY',
  'ERR_VAULT_MISSING',
  'ERR_VAULT_DAMAGED',
  'ERR_VAULT_FULL',
  'ERR_JBOSS_VAULT',
  'ERR_KEY_RING',
  'ERR_SAML_METADATA',
  'ERR_XML_MALFORMED',
  'ERR_XML_FORBIDDEN',
  'ERR_XML_LIMIT',
];

/** Loaded one at a time: a command that is not asked for costs nothing. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  audit: async () => (await import('./commands/audit.ts')).audit,
  explain: async () => (await import('./commands/explain.ts')).explain,
  logouts: async () => (await import('./commands/logouts.ts')).logouts,
  keys: async () => (await import('./commands/keys.ts')).keys,
  cert: async () => (await import('./commands/cert.ts')).cert,
  vault: async () => (await import('./commands/vault.ts')).vault,
  totp: async () => (await import('./commands/totp.ts')).totp,
  metadata: async () => (await import('./commands/metadata.ts')).metadata,
  'test-login': async () => (await import('./commands/test-login.ts')).testLogin,
  test: async () => (await import('./commands/test.ts')).policyTest,
  replay: async () => (await import('./commands/replay.ts')).replay,
  users: async () => (await import('./commands/users.ts')).users,
  'saml-check': async () => (await import('./commands/saml-check.ts')).samlCheck,
  'import-jboss': async () => (await import('./commands/import-jboss.ts')).importJbossCommand,
};

async function usage(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(14)}${(await load()).summary}`),
  );
  return `Usage: gatehouse <command> [options]\n\n${lines.join('\n')}\n\n"gatehouse <command> --help" tells more.\n`;
}

export async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await usage());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(`gatehouse ${manifest.version}\n`);
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    process.stderr.write(`gatehouse: there is no command "${name}".\n\n${await usage()}`);
    return 2;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(command.help);
    return 0;
  }
  return runGuarded(name, command, rest);
}

async function runGuarded(name: string, command: Command, args: readonly string[]): Promise<ExitCode> {
  try {
    return await command.run(args);
  } catch (error) {
    if (isUsageError(error)) {
      process.stderr.write(`gatehouse ${name}: ${error.message}\nTry "gatehouse ${name} --help".\n`);
      return 2;
    }
    if (error instanceof GatehouseError) {
      const facts = Object.entries(error.facts).map(([key, value]) => `\n  ${key}: ${value}`);
      process.stderr.write(`gatehouse ${name}: ${error.message} (${error.code})${facts.join('')}\n`);
      return refusals.includes(error.code) ? 1 : 3;
    }
    throw error;
  }
}

/** What `parseArgs` of node:util throws. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
