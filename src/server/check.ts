/** @module What `serve --check` looks at beyond the text: metadata, signing key, TLS key pairs, truststores. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { createMemoryEphemeralStore } from '../adapters/memory-ephemeral-store.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { loadKeyPair } from '../adapters/tls-key-pair.ts';
import { createWatchedFiles } from '../adapters/watched-files.ts';
import type { Configuration } from '../config/configuration.ts';
import { buildSamlIdp } from './saml-idp.ts';
import { buildTruststores } from './truststores.ts';

const ignore = () => undefined;
const silent = { info: ignore, warn: ignore, error: ignore };

/** @throws the very fault with which a start would end. Opens no port. */
export async function checkFiles(home: HomeFolder, configuration: Configuration): Promise<void> {
  const clock = systemClock;
  for (const tls of [configuration.tls, configuration.managementTls]) {
    if (tls === undefined) continue;
    await loadKeyPair({
      certificate: home.inConfiguration(tls.certificate),
      key: home.inConfiguration(tls.key),
      hostNames: [],
      now: clock.now(),
    });
  }
  for (const { database } of configuration.datasources) {
    // The authorities of databases: read at a start too, where nothing is connected yet.
    if (database.product !== 'sqlite' && database.tls?.ca !== undefined)
      await home.readText(home.inConfiguration(database.tls.ca));
  }
  const folder = home.resolve('configuration');
  const files = createWatchedFiles({ folder, logger: silent, automatic: false });
  const random = systemRandom;
  await buildTruststores(configuration.truststores, { home, watchFile: files.watchFile, clock, random });
  await files.close();
  if (configuration.samlIdp === undefined) return;
  const ephemeral = createMemoryEphemeralStore({ clock });
  await buildSamlIdp({
    configuration: configuration.samlIdp,
    publicUrl: configuration.publicUrl ?? 'http://localhost',
    home,
    clock,
    random: systemRandom,
    ephemeral,
    schemasFolder: '',
  });
  await ephemeral.close();
}
