/** @module The whole server in this process, on ports of the kernel's choice, over a home folder of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome } from '../../src/adapters/home-folder.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblems } from '../../src/config/problem.ts';
import { startServer } from '../../src/server.ts';
import { keepWritten } from './secrets.ts';
import { catalog } from './whole-catalog.ts';

export interface ServerHome {
  /** Names in the configuration folder, with what is in them; one is `gatehouse.yaml`. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly change?: (configuration: Configuration) => Configuration;
}

export async function startInProcess({ files, change = (same) => same }: ServerHome) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
  const home = await openHome(folder);
  const configurationFile = (name: string) => join(home.path, 'configuration', name);
  for (const [name, text] of Object.entries(files)) writeFileSync(configurationFile(name), text);
  const loaded = loadConfiguration({
    text: String(files['gatehouse.yaml'] ?? ''),
    file: 'gatehouse.yaml',
    catalog,
    environment: {},
    readSecretFile: (path) => home.readSecretFile(path),
  });
  if (loaded.status === 'refused') throw new Error(formatProblems(loaded.problems));
  const configuration = change({
    ...loaded.configuration,
    ports: { http: 0, https: 0, managementHttp: 0, managementHttps: 0 },
  });
  const server = await startServer({
    home,
    configuration,
    revision: loaded.revision,
    catalog,
    portOffset: 0,
    schemasFolder: 'schemas',
    logTo: join(home.path, 'log', 'server.log'),
  });
  return {
    url: server.publicUrl,
    httpPort: Number(new URL(server.publicUrl).port),
    configurationFile,
    auditFile: join(home.path, 'log', 'audit.jsonl'),
    async stop() {
      await server.stop();
      keepWritten(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
