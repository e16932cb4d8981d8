/** @module `gatehouse vault`: passwords and other secrets that the configuration refers to, kept under a key of their own. */
import { parseArgs } from 'node:util';
import { openHome } from '../adapters/home-folder.ts';
import type { Command } from './command.ts';
import { actions } from './vault/actions.ts';

const help = `Usage: gatehouse vault <action> [options] [--home <folder>] [--json]

  init                           make an empty vault, and its key where the key is a file
  add <block> <attribute>        store a value; it is asked for, or read from standard input
  list                           what is stored, by names
  remove <block> <attribute>     remove a value
  check [<block> <attribute>]    does the vault open, and is everything there that gatehouse.yaml refers to?
                                 With names: is this one there?
  rekey                          put everything under a new key
  import-jboss                   take over the values of a vault of JBoss

  --home <folder>                default ./var
  --json                         the answer as one JSON object
  --replace                      add, import-jboss: replace a value that is there

  import-jboss:
  --keystore <file>              the keystore, of type JCEKS (KEYSTORE_URL)
  --keystore-password <MASK-…>   as standalone.xml has it, masked (KEYSTORE_PASSWORD); without it the
                                 clear password is asked for, or read from standard input
  --salt <8 characters>          SALT, with a masked password
  --iteration <n>                ITERATION_COUNT, with a masked password
  --alias <name>                 the alias of the key (KEYSTORE_ALIAS); default vault
  --enc-dir <folder>             where VAULT.dat is (ENC_FILE_DIR)

A value is never an argument: other users of the machine see those. Where a value belongs write what "add" prints:
\${VAULT::block::attribute::1}. The key is in data/keys/vault.key (mode 0600), or where "vault" in gatehouse.yaml says.

To change a key that is not a file: put the new key before the old one, with a space between, run rekey, and take the
old one away.
`;

export const vault: Command = {
  summary: 'passwords that the configuration refers to',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        json: { type: 'boolean' },
        replace: { type: 'boolean' },
        keystore: { type: 'string' },
        'keystore-password': { type: 'string' },
        salt: { type: 'string' },
        iteration: { type: 'string' },
        alias: { type: 'string' },
        'enc-dir': { type: 'string' },
      },
    });
    const [name = '', ...names] = positionals;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) {
      process.stderr.write(`gatehouse vault: say what: ${Object.keys(actions).join(', ')}.\n\n${help}`);
      return 2;
    }
    const allowed = [...action.options, 'home', 'json'];
    const strange = Object.keys(values).find((option) => !allowed.includes(option));
    const complaint =
      strange === undefined ? action.complaint(names, values) : `--${strange} has no meaning for ${name}`;
    if (complaint !== undefined) {
      process.stderr.write(`gatehouse vault ${name}: ${complaint}.\nTry "gatehouse vault --help".\n`);
      return 2;
    }
    const { code, text, json } = await action.run({ home: await openHome(values.home ?? 'var'), names, values });
    process.stdout.write(values.json === true ? `${JSON.stringify(json, undefined, 2)}\n` : text);
    return code;
  },
};
