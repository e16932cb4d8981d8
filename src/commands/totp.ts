/** @module `gatehouse totp`: gives a person an authenticator, takes it away, and lists who has one. */
import { parseArgs } from 'node:util';
import { openExistingHome, openHome } from '../adapters/home-folder.ts';
import { qrLines } from '../adapters/qr-code.ts';
import { GatehouseError } from '../spi/errors.ts';
import { isLoginName } from '../spi/evidence-limits.ts';
import type { OneTimeCodeRefusal, OneTimeCodes } from '../spi/one-time-codes.ts';
import { printable } from '../spi/printable.ts';
import type { Command, ExitCode } from './command.ts';
import { loadFromHome, toStandardError } from './load-configuration.ts';

const help = `Usage: gatehouse totp enrol --domain <domain> --user <name> [--home <folder>] [--json]
       gatehouse totp reset --domain <domain> --user <name> [--home <folder>] [--json]
       gatehouse totp list --domain <domain> [--home <folder>] [--json]

One-time codes of a security domain with a Totp login module.

  enrol   gives a person an authenticator: prints the otpauth: URI, the same as a QR code, and ten recovery codes.
          They are shown only now; hand them over in person. Refused where there is one already: reset it first.
  reset   takes away a person's authenticator and recovery codes, when both are lost
  list    who has an authenticator

  --domain <domain>   the security domain
  --user <name>       as the person signs in
  --home <folder>     default ./var
  --json              one JSON object: user, uri, secret, recoveryCodes; or users

A running server takes changes of a file over within seconds. Each change is recorded in <home>/log/administration.jsonl.
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 a store could not be asked.
`;

const options = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  domain: { type: 'string' },
  user: { type: 'string' },
} as const;

/** A store is given as long as a person waits. */
const patienceMs = 30_000;

const refusals: Partial<Readonly<Record<OneTimeCodeRefusal, string>>> = {
  'already-enrolled': 'has an authenticator already; "gatehouse totp reset" takes it away',
  'not-enrolled': 'has no authenticator',
  changed: 'was changed by somebody else at the same moment; try again',
};

type Action = 'enrol' | 'reset' | 'list';

interface Request {
  readonly action: Action;
  readonly domain: string;
  readonly user: string;
  readonly json: boolean;
}

export const totp: Command = {
  summary: 'one-time codes of users',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const request = requestOf(positionals, values);
    if (typeof request === 'string') {
      process.stderr.write(`gatehouse totp: ${request}.\n\n${help}`);
      return 2;
    }
    const folder = values.home ?? 'var';
    await openExistingHome(folder);
    // A home that was never served from has no place for a key yet.
    const home = await openHome(folder);
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    const { openOneTimeCodes } = await import('../server/one-time-codes.ts');
    const opened = await openOneTimeCodes(home, request.domain, { ...loaded, logger: toStandardError }).catch(orNone);
    if (opened === undefined) return 1;
    try {
      return await act(request, opened.oneTimeCodes);
    } finally {
      await opened.close();
    }
  },
};

function requestOf(
  positionals: readonly string[],
  { domain, user = '', json = false }: { domain?: string; user?: string; json?: boolean },
): Request | string {
  const [action] = positionals;
  if (positionals.length !== 1 || (action !== 'enrol' && action !== 'reset' && action !== 'list')) {
    return 'say what: enrol, reset or list';
  }
  if (domain === undefined) return '--domain is needed';
  if (action === 'list') return user === '' ? { action, domain, user, json } : 'list takes no --user';
  return isLoginName(user) ? { action, domain, user, json } : '--user is needed: a name without control characters';
}

/** A name that is not in the configuration is a refusal, not a store that could not be asked. */
function orNone(error: unknown): undefined {
  if (!(error instanceof GatehouseError && error.code === 'ERR_NOT_FOUND')) throw error;
  const { name, known } = error.facts;
  process.stderr.write(`gatehouse totp: ${error.message}: "${printable(String(name))}" (known: ${known}).\n`);
  return undefined;
}

async function act({ action, user, json }: Request, codes: OneTimeCodes): Promise<ExitCode> {
  const signal = AbortSignal.timeout(patienceMs);
  const actor = { reason: 'administrator' } as const;
  if (action === 'list') {
    const users = await codes.users(signal);
    process.stdout.write(json ? asJson({ users }) : users.map((name) => `${printable(name)}\n`).join(''));
    return 0;
  }
  if (action === 'reset') {
    const change = await codes.reset(user, actor, signal);
    if (change.status === 'refused') return refuse(user, change.reason);
    process.stdout.write(json ? asJson({ user }) : `${printable(user)} has no authenticator any more.\n`);
    return 0;
  }
  const change = await codes.enrol(user, actor, signal);
  if (change.status === 'refused') return refuse(user, change.reason);
  const uri = change.value.proposal.uri.reveal();
  const secret = change.value.proposal.secret.reveal();
  const recoveryCodes = change.value.recoveryCodes.map((code) => code.reveal());
  const text = `${uri}\n\n${qrLines(uri)}\n\nRecovery codes, each good once, shown only now:\n${recoveryCodes.map((code) => `  ${code}\n`).join('')}`;
  process.stdout.write(json ? asJson({ user, uri, secret, recoveryCodes }) : text);
  return 0;
}

function refuse(user: string, reason: OneTimeCodeRefusal): ExitCode {
  process.stderr.write(`gatehouse totp: ${printable(user)} ${refusals[reason] ?? reason}.\n`);
  return 1;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
