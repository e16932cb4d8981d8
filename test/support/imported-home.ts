/** @module A home that `gatehouse import-jboss` has made of one of the corpus, and logins by its domains and real stores. */
import { X509Certificate } from 'node:crypto';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openExistingHome } from '../../src/adapters/home-folder.ts';
import { loadFromHome } from '../../src/commands/load-configuration.ts';
import { openOffline } from '../../src/server/offline.ts';
import { printedLogin, rehearse } from '../../src/server/rehearsal.ts';
import type { ModuleEvidence } from '../../src/spi/evidence.ts';
import { Secret } from '../../src/spi/secret.ts';
import { corpusFolder } from '../importer/corpus.ts';
import { type FinishedProgram, runProgram } from './child-process.ts';
import { runGatehouse } from './gatehouse-process.ts';
import { makeTempFolder } from './temp-folder.ts';

export interface ImportedHome extends AsyncDisposable {
  readonly path: string;
  readonly imported: FinishedProgram;
  /** Opens stores, so that the home has to be whole. */
  open(): Promise<{
    /** `['authenticated', 'role', …]` sorted, or `['denied', reason]`. */
    login(domain: string, name: string, password: string): Promise<readonly string[]>;
    loginWithCertificate(domain: string, pem: string): Promise<readonly string[]>;
    anonymous(domain: string): Promise<readonly string[]>;
    close(): Promise<void>;
  }>;
  addToVault(block: string, attribute: string, value: string): Promise<FinishedProgram>;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const command = join(import.meta.dirname, '..', '..', 'bin', 'gatehouse');

/** `files` are put beside the configuration of JBoss first. */
export async function importHome(
  name: string,
  properties: Readonly<Record<string, string | number>> = {},
  files: Readonly<Record<string, Uint8Array | string>> = {},
  args: readonly string[] = [],
): Promise<ImportedHome> {
  const folder = await makeTempFolder('import');
  const jboss = join(folder.path, 'jboss', 'standalone', 'configuration');
  const path = join(folder.path, 'home');
  await cp(join(corpusFolder, name), jboss, { recursive: true });
  for (const [file, contents] of Object.entries(files)) await writeFile(join(jboss, file), contents);
  const given = Object.entries(properties).map(([property, value]) => `-D${property}=${value}`);
  const imported = await runGatehouse([
    ...['import-jboss', join(jboss, 'standalone.xml'), '--output', path, '--report', join(folder.path, 'report.txt')],
    ...given,
    ...args,
  ]);
  return {
    path,
    imported,
    async open() {
      const home = await openExistingHome(path);
      const loaded = await loadFromHome(home);
      if (loaded === undefined) throw new Error('the configuration is not usable');
      const offline = await openOffline(home, loaded, { logger: quiet, at: undefined });
      const answer = async (domain: string, evidence: ModuleEvidence) => {
        const { login } = await rehearse(offline, { domain, evidence, sourceAddress: '127.0.0.1' });
        if (login === undefined) throw new Error('no domain was asked');
        const { status, reason, roles } = printedLogin(login);
        return status === 'authenticated' ? [status, ...[...roles].sort()] : [status, reason ?? ''];
      };
      return {
        login: (domain, username, password) =>
          answer(domain, { kind: 'password', username, password: new Secret(password) }),
        loginWithCertificate: (domain, pem) =>
          answer(domain, { kind: 'certificate', chain: [new X509Certificate(pem).raw] }),
        anonymous: (domain) => answer(domain, { kind: 'anonymous' }),
        close: () => offline.close(),
      };
    },
    addToVault: async (block, attribute, value) => {
      await runGatehouse(['vault', 'init', '--home', path]);
      return runProgram(process.execPath, [command, 'vault', 'add', block, attribute, '--home', path], {
        input: value,
      });
    },
    [Symbol.asyncDispose]: folder.remove,
  };
}
