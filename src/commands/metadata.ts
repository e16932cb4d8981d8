/** @module `gatehouse metadata`: judges a partner's metadata, shows ours, and lists the partners that are loaded. */
import { parseArgs } from 'node:util';
import { openHome } from '../adapters/home-folder.ts';
import type { Command, ExitCode } from './command.ts';
import { loadFromHome, toStandardError } from './load-configuration.ts';
import { lint } from './metadata/lint.ts';
import { printedPartners } from './metadata/partners.ts';

const help = `Usage: gatehouse metadata lint <file|url> [--as sp|idp] [--encrypt] [--signing-certificate <file>] [options]
       gatehouse metadata show [--home <folder>]
       gatehouse metadata partners [--home <folder>] [--json]

lint       names everything that is wrong with a partner's metadata, whose fault it is, and what to do
show       prints the metadata of our identity provider, as it is served
partners   lists where the partners come from, what is in force, until when, and their keys. Files and the copies of
           earlier fetches are read; nobody is asked

  --home <folder>               default ./var
  --json                        the same as JSON
  --as sp|idp                   what the partner is to be: a service provider (the default) or an identity provider
  --encrypt                     assertions are to be encrypted for it: it needs an RSA key
  --signing-certificate <file>  PEM: the metadata must be signed with one of these
  --allow-private-addresses <a,b>  addresses or blocks that are not public and may be asked
  --at <instant>                judge as at this time (ISO 8601); default now

Exit codes: 0 nothing worse than a warning, 1 an error in the metadata, 2 wrong usage, 3 it could not be read or fetched.
`;

const options = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  as: { type: 'string' },
  encrypt: { type: 'boolean' },
  'signing-certificate': { type: 'string' },
  'allow-private-addresses': { type: 'string' },
  at: { type: 'string' },
} as const;

const allowed: Readonly<Record<string, readonly string[]>> = {
  lint: ['home', 'json', 'as', 'encrypt', 'signing-certificate', 'allow-private-addresses', 'at'],
  show: ['home'],
  partners: ['home', 'json'],
};

export const metadata: Command = {
  summary: "judge a partner's SAML metadata, show ours, list the partners",
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name = '', ...rest] = positionals;
    const known = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (known === undefined) return wrong('say what: lint, show, partners');
    const strange = Object.keys(values).find((option) => !known.includes(option));
    if (strange !== undefined) return wrong(`--${strange} has no meaning for ${name}`);
    if (rest.length !== (name === 'lint' ? 1 : 0)) {
      return wrong(name === 'lint' ? 'say one file or address' : `${name} takes no further word`);
    }
    if (name === 'lint') return lint(rest[0] ?? '', values, wrong);
    return ofHome(name, values.home ?? 'var', values.json === true);
  },
};

async function ofHome(name: string, folder: string, json: boolean): Promise<ExitCode> {
  const home = await openHome(folder);
  const loaded = await loadFromHome(home);
  if (loaded === undefined) return 1;
  const { configuration } = loaded;
  if (configuration.samlIdp === undefined) {
    process.stderr.write('gatehouse metadata: the configuration has no saml-idp.\n');
    return 1;
  }
  const { openOwnMetadata, openPartnersOffline } = await import('../server/saml-offline.ts');
  if (name === 'show') {
    process.stdout.write(`${await openOwnMetadata(home, configuration, toStandardError)}\n`);
    return 0;
  }
  const partners = await openPartnersOffline(home, configuration.samlIdp, toStandardError);
  process.stdout.write(json ? `${JSON.stringify(partners, undefined, 2)}\n` : printedPartners(partners));
  return 0;
}

function wrong(problem: string): ExitCode {
  process.stderr.write(`gatehouse metadata: ${problem}.\nTry "gatehouse metadata --help".\n`);
  return 2;
}
