/** @module `gatehouse cert`: makes a self-signed certificate and its key for a host name. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSelfSigned } from '../adapters/self-signed.ts';
import type { Command } from './command.ts';

const help = `Usage: gatehouse cert <host name> [more names or addresses] [--home <folder>] [--out <folder>] [--days <n>] [--key-type rsa|ec] [--force]

Makes <first name>.crt and <first name>.key (PEM, the key readable by its owner only): a self-signed
certificate for trying out HTTPS. Browsers warn about it; for real use take one from a CA.

  --home <folder>    default ./var
  --out <folder>     default <home>/configuration
  --days <n>         validity, default 365
  --key-type <type>  rsa (RSA-2048, default) or ec (P-256)
  --force            replace files that are there

Then write in gatehouse.yaml:

  tls: { certificate: <first name>.crt, key: <first name>.key }
`;

const hostNamePattern = /^[A-Za-z0-9*]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/;
const maxDays = 3650;

export const cert: Command = {
  summary: 'a self-signed certificate for a host name',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        out: { type: 'string' },
        days: { type: 'string' },
        'key-type': { type: 'string' },
        force: { type: 'boolean' },
      },
    });
    const [first] = positionals;
    const days = Number(values.days ?? '365');
    const keyType = values['key-type'] ?? 'rsa';
    const bad = positionals.find((name) => !hostNamePattern.test(name));
    const wrong =
      first === undefined
        ? 'give one or more host names or addresses'
        : bad !== undefined
          ? `"${bad}" is not a host name or address (write international names as xn--…)`
          : !Number.isInteger(days) || days < 1 || days > maxDays
            ? `--days takes a whole number from 1 to ${maxDays}`
            : keyType !== 'rsa' && keyType !== 'ec'
              ? '--key-type is rsa or ec'
              : undefined;
    if (first === undefined || wrong !== undefined || (keyType !== 'rsa' && keyType !== 'ec')) {
      process.stderr.write(`gatehouse cert: ${wrong}.\n\n${help}`);
      return 2;
    }
    const folder = resolve(values.out ?? join(values.home ?? 'var', 'configuration'));
    const made = await makeSelfSigned({
      hostNames: positionals,
      days,
      keyType: keyType === 'rsa' ? 'rsa-2048' : 'ec-p256',
    });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const base = join(folder, first.replaceAll('*', '_').replaceAll(':', '_'));
    const flag = values.force === true ? 'w' : 'wx';
    try {
      await writeFile(`${base}.key`, made.keyPem, { mode: 0o600, flag });
      // A file that was there keeps its mode when it is written.
      await chmod(`${base}.key`, 0o600);
      await writeFile(`${base}.crt`, made.certificatePem, { mode: 0o644, flag });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      process.stderr.write(`gatehouse cert: ${base}.key or .crt is already there; --force replaces them.\n`);
      return 1;
    }
    process.stdout.write(`${base}.crt\n${base}.key\n`);
    return 0;
  },
};
