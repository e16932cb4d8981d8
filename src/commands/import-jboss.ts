/** @module `gatehouse import-jboss`: makes a home folder of the configuration of a JBoss server, and says what became of each part. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readBoundedText } from '../adapters/bounded-file.ts';
import { type HomeFolder, openHome } from '../adapters/home-folder.ts';
import { jbossFiles, pathProperties } from '../adapters/jboss-files.ts';
import { isSystemError } from '../adapters/system-error.ts';
import { openCatalog } from '../catalog.ts';
import type { OutputFile } from '../importer/context.ts';
import { importJboss } from '../importer/import.ts';
import { buildReport, printReport } from '../importer/report.ts';
import { configurationLimits } from '../importer/source.ts';
import { GatehouseError } from '../spi/errors.ts';
import type { Command } from './command.ts';

/** Partners take its certificate from the metadata: nothing but its fingerprint means anything to them. */
const signingCertificateDays = 3650;

const help = `Usage: gatehouse import-jboss <standalone.xml|standalone-full-ha.xml|domain.xml> [--configuration-dir <folder>]
                              [--output <folder>] [--profile <name>] [--picketlink <file>] [-D<name>=<value>] [--report <file>] [--json] [--force]

Reads the configuration of JBoss EAP 7 (WildFly 8 to 26) and writes a home folder: configuration/gatehouse.yaml,
the files of users and roles, and the secrets. The report names every element and every option: kept, kept with
a stricter default, approximated, or refused, and why. What cannot be kept refuses logins; it never lets in more.

  --configuration-dir <folder>  where the properties files are (default: the folder of the XML file); files from
                                elsewhere are taken from folders that are given with -D only
  --output, --home <folder>     the new home (default ./var)
  --profile <name>              which profile of a domain.xml
  --picketlink <file>           WEB-INF/picketlink.xml of the identity provider
  -D<name>=<value>              a system property that the server was started with; --property does the same
  --report <file>               write the report there; without it, it is printed
  --json                        the report as JSON
  --force                       replace files that are there

Ends with 0; with 1 when something that decides logins was refused (the home is written all the same),
or when the file cannot be used.
`;

export const importJbossCommand: Command = {
  summary: 'a home folder from the configuration of a JBoss server',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'configuration-dir': { type: 'string' },
        output: { type: 'string' },
        home: { type: 'string' },
        profile: { type: 'string' },
        picketlink: { type: 'string' },
        property: { type: 'string', multiple: true, short: 'D' },
        report: { type: 'string' },
        json: { type: 'boolean' },
        force: { type: 'boolean' },
      },
    });
    const [input, ...others] = positionals;
    const properties = (values.property ?? []).map((written) => written.split(/=(.*)/s));
    const wrong =
      input === undefined || others.length > 0
        ? 'give one file'
        : properties.some(([name = '', value]) => name === '' || value === undefined)
          ? '-D takes <name>=<value>'
          : undefined;
    if (input === undefined || wrong !== undefined) {
      process.stderr.write(`gatehouse import-jboss: ${wrong}.\n\n${help}`);
      return 2;
    }
    const folder = resolve(values['configuration-dir'] ?? dirname(input));
    const given = new Map(properties.map(([name = '', value = '']) => [name, value]));
    const { picketlink } = values;
    const catalog = await openCatalog();
    const result = importJboss({
      text: await readInput(input),
      file: basename(input),
      ...(values.profile === undefined ? {} : { profile: values.profile }),
      properties: new Map([...pathProperties(folder), ...given]),
      files: jbossFiles(folder, given.values()),
      loginModule: catalog.loginModules.find,
      mapper: catalog.mappers.find,
      authorizationModule: catalog.authorizationModules.find,
      mechanism: catalog.mechanisms.find,
      ...(picketlink === undefined
        ? {}
        : { picketlink: { text: await readInput(picketlink), file: basename(picketlink) } }),
    });
    const home = await openHome(values.output ?? values.home ?? 'var');
    const there = await existing(home, result.files);
    if (there.length > 0 && values.force !== true) {
      process.stderr.write(`gatehouse import-jboss: ${there.join(', ')} is already there; --force replaces it.\n`);
      return 1;
    }
    // Before anything is written: a report that cannot be kept would be lost.
    if (values.report !== undefined) await writeReport(values.report, '', values.force === true);
    await mkdir(home.resolve('data/secrets'), { recursive: true, mode: 0o700 });
    for (const { path, contents } of result.files) await home.writeText(path, contents, 0o600);
    if (result.needsSigningKey) await makeSigningKey(home);
    const report = buildReport(basename(input), result);
    const text = values.json === true ? `${JSON.stringify(report, undefined, 2)}\n` : printReport(report);
    if (values.report === undefined) {
      process.stdout.write(text);
    } else {
      await writeReport(values.report, text, true);
      process.stdout.write(`${home.resolve('configuration/gatehouse.yaml')}\n${resolve(values.report)}\n`);
    }
    return report.complete ? 0 : 1;
  },
};

async function readInput(path: string): Promise<string> {
  const result = await readBoundedText(resolve(path), configurationLimits.maxBytes);
  if ('problem' in result) {
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the file cannot be read', {
      facts: { file: path, problem: result.problem },
    });
  }
  return result.text;
}

async function existing(home: HomeFolder, files: readonly OutputFile[]): Promise<readonly string[]> {
  const answers = await Promise.all(files.map(async ({ path }) => ((await home.exists(path)) ? [path] : [])));
  return answers.flat();
}

async function writeReport(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const problem = error.code === 'EEXIST' ? 'it is already there; --force replaces it' : error.code;
    throw new GatehouseError('ERR_CONFIG_UNREADABLE', 'the report cannot be written', {
      facts: { file: path, problem },
    });
  }
}

/** A pair that is there already stays: partners know its certificate. */
async function makeSigningKey(home: HomeFolder): Promise<void> {
  if (await home.exists('data/keys/idp.key')) return;
  const { makeSelfSigned } = await import('../adapters/self-signed.ts');
  const pair = await makeSelfSigned({
    hostNames: ['gatehouse-idp'],
    days: signingCertificateDays,
    keyType: 'rsa-2048',
    purpose: 'signing',
  });
  await home.createText('data/keys/idp.key', pair.keyPem, 0o600);
  await home.createText('data/keys/idp.crt', pair.certificatePem, 0o644);
}
