/** @module `gatehouse test-login`: tries out a login with the configuration of a home, without a server and without a trace of it. */
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { openExistingHome } from '../adapters/home-folder.ts';
import type { Configuration } from '../config/configuration.ts';
import { didYouMean } from '../config/suggestion.ts';
import { explainAccess, explainTrace } from '../engine/explain.ts';
import type { Rehearsed } from '../server/rehearsal.ts';
import type { ModuleEvidence } from '../spi/evidence.ts';
import { printable } from '../spi/printable.ts';
import type { Command, ExitCode } from './command.ts';
import { readCertificates, readPassword } from './evidence-input.ts';
import { loadFromHome, toStandardError } from './load-configuration.ts';

const help = `Usage: gatehouse test-login --domain <domain> --user <name> (--password-stdin | --assume-password) [options]

Tries out a login: which modules say what, which roles come out, and what an application would answer. Needs no
server. Changes nothing: no session, no audit record, no lock-out count, no newer password hash. Stores are asked, and
a directory or database of the configuration sees a login like any other: it counts a wrong password by rules of its own.

  --domain <domain>   the security domain; that of --app where it is left out
  --user <name>       who
  --password-stdin    the password is the first line of standard input
  --assume-password   take the password (or certificate) as right: shows the roles of somebody whose password you
                      do not know. Modules that cannot tell without one say so
  --certificate <f>   a client certificate in place of name and password, PEM, with its issuers
  --anonymous         nobody shows anything: the case of unauthenticatedIdentity
  --from <address>    the address of the client, default 127.0.0.1
  --app <name>        also ask this application
  --path <path>       below its context path, default /
  --method <method>   default GET
  --http              over HTTP; otherwise over HTTPS
  --at <instant>      decide as at this time (ISO 8601): certificates, revocation lists
  --home <folder>     default ./var
  --json              a login result: {"status":…,"principal":…,"roles":[…],"trace":{…}}

Exit codes: 0 authenticated (and permitted), 1 refused, 2 wrong usage, 3 a store could not be asked.
`;

/** Longer than any name of a configuration. */
const maxQuoted = 100;

const options = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  domain: { type: 'string' },
  user: { type: 'string' },
  'password-stdin': { type: 'boolean' },
  'assume-password': { type: 'boolean' },
  certificate: { type: 'string' },
  anonymous: { type: 'boolean' },
  from: { type: 'string' },
  app: { type: 'string' },
  path: { type: 'string' },
  method: { type: 'string' },
  http: { type: 'boolean' },
  at: { type: 'string' },
} as const;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options }).values;
}
type Values = ReturnType<typeof parse>;

export const testLogin: Command = {
  summary: 'try out a login, with no effect',
  help,
  async run(args) {
    const values = parse(args);
    const wrong = usageProblem(values);
    if (wrong !== undefined) {
      process.stderr.write(`gatehouse test-login: ${wrong}.\n\n${help}`);
      return 2;
    }
    const home = await openExistingHome(values.home ?? 'var');
    const loaded = await loadFromHome(home);
    if (loaded === undefined) return 1;
    const unknown = unknownName(loaded.configuration, values);
    if (unknown !== undefined) {
      process.stderr.write(`gatehouse test-login: ${unknown}.\n`);
      return 2;
    }
    const evidence = await evidenceOf(values);
    const [{ openOffline }, { rehearse }] = await Promise.all([
      import('../server/offline.ts'),
      import('../server/rehearsal.ts'),
    ]);
    const at = values.at === undefined ? undefined : Date.parse(values.at);
    const offline = await openOffline(home, loaded, { logger: toStandardError, at });
    try {
      const rehearsed = await rehearse(offline, {
        domain: values.domain,
        evidence,
        sourceAddress: values.from ?? '127.0.0.1',
        access: accessOf(values),
      });
      await print(rehearsed, values);
      return exitCodeOf(rehearsed);
    } finally {
      await offline.close();
    }
  },
};

function usageProblem(values: Values): string | undefined {
  const ways = [values['password-stdin'], values['assume-password'], values.anonymous, values.certificate];
  const named = values['password-stdin'] === true || values['assume-password'] === true;
  if (values.domain === undefined && values.app === undefined) return 'say which --domain, or which --app';
  if (ways.filter((way) => way !== undefined).length !== 1) {
    return 'say one of --password-stdin, --assume-password, --certificate, --anonymous';
  }
  if (named !== (values.user !== undefined)) {
    return named ? 'say which --user' : '--user goes with --password-stdin or --assume-password';
  }
  if (values.app === undefined && (values.path ?? values.method ?? values.http) !== undefined) {
    return '--path, --method and --http need --app';
  }
  if (values.path !== undefined && !values.path.startsWith('/')) return '--path begins with /';
  if (values.from !== undefined && isIP(values.from) === 0) return '--from takes an IP address';
  if (values.at !== undefined && Number.isNaN(Date.parse(values.at))) {
    return '--at takes an instant such as 2026-03-01T12:00:00Z';
  }
  return undefined;
}

function unknownName({ securityDomains, applications }: Configuration, { domain, app }: Values): string | undefined {
  const missing = (kind: string, name: string | undefined, all: readonly { readonly name: string }[]) => {
    const names = all.map((one) => one.name);
    if (name === undefined || names.includes(name)) return undefined;
    const hint = didYouMean(name, names) || ` (known: ${names.length === 0 ? 'none' : names.join(', ')})`;
    return `the configuration has no ${kind} "${printable(name, maxQuoted)}"${hint}`;
  };
  return missing('security domain', domain, securityDomains) ?? missing('application', app, applications);
}

async function evidenceOf(values: Values): Promise<ModuleEvidence> {
  const username = values.user ?? '';
  if (values.certificate !== undefined) return readCertificates(values.certificate);
  if (values['assume-password'] === true) return { kind: 'assumed', username };
  if (values.anonymous === true) return { kind: 'anonymous' };
  return { kind: 'password', username, password: await readPassword(process.stdin) };
}

function accessOf({ app, path = '/', method = 'GET', http }: Values) {
  return app === undefined
    ? undefined
    : { application: app, path, method: method.toUpperCase(), confidential: http !== true };
}

async function print({ login, access }: Rehearsed, { user, json }: Values): Promise<void> {
  if (login === undefined) return;
  if (json !== true) {
    process.stdout.write(explainTrace(login.trace, { around: user === undefined ? {} : { principal: user } }));
    if (access !== undefined) process.stdout.write(`\n${explainAccess(access.question, access)}`);
    return;
  }
  const { printedLogin } = await import('../server/rehearsal.ts');
  const authorization = access && { ...access.question, ...access, question: undefined };
  process.stdout.write(`${JSON.stringify({ ...printedLogin(login), authorization }, undefined, 2)}\n`);
}

function exitCodeOf({ login, access }: Rehearsed): ExitCode {
  if (login?.status === 'bug' || (login?.status === 'denied' && login.reason === 'unavailable')) return 3;
  if (access?.decision === 'deny' && access.fault !== undefined) return 3;
  return login?.status === 'authenticated' && access?.decision !== 'deny' ? 0 : 1;
}
