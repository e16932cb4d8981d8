/** @module The sources of secrets of a home, asked before its configuration is checked: environment, files, programs and the vault. */
import type { HomeFolder } from '../adapters/home-folder.ts';
import { runSecretCommand } from '../adapters/secret-command.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { createVaultStore, type VaultStore } from '../adapters/vault/vault-store.ts';
import { type SecretSettings, secretSettingsIn, type VaultKeySettings } from '../config/secret-settings.ts';
import type { SecretAnswer, SecretSources } from '../config/secrets.ts';
import { GatehouseError } from '../spi/errors.ts';
import { type VaultName, vaultKey } from '../spi/vault-reference.ts';

type Environment = SecretSources['environment'];

export function vaultOf(home: HomeFolder, key: VaultKeySettings, environment: Environment): VaultStore {
  return createVaultStore({
    folder: home.resolve('data/vault'),
    key: key.kind === 'file' ? { kind: 'file', path: home.inConfiguration(key.path) } : key,
    environment,
    random: systemRandom,
  });
}

const configurationPath = 'configuration/gatehouse.yaml';

/** Of a home without a configuration too: the vault comes first when a home is made by hand. */
export async function configurationText(home: HomeFolder): Promise<string> {
  return (await home.exists(configurationPath)) ? home.readText(configurationPath) : '';
}

/** The one that the configuration names. @throws ERR_CONFIG_INVALID when the section `vault` is not right. */
export async function vaultOfHome(home: HomeFolder, environment: Environment): Promise<VaultStore> {
  const { vaultKey: key } = secretSettingsIn(await configurationText(home), {
    environment,
    readSecretFile: (path) => home.readSecretFile(path),
  });
  if (key !== undefined) return vaultOf(home, key, environment);
  throw new GatehouseError('ERR_CONFIG_INVALID', 'the section "vault" of the configuration is not right', {
    facts: {
      file: home.resolve(configurationPath),
      advice: '"gatehouse serve --check" tells what is wrong in gatehouse.yaml',
    },
  });
}

/** What the text refers to is asked here; what cannot be had is said at each reference, by `loadConfiguration`. */
export async function openSecretSources(
  home: HomeFolder,
  text: string,
  environment: Environment,
): Promise<SecretSources> {
  const local = { environment, readSecretFile: (path: string) => home.readSecretFile(path) };
  const settings = secretSettingsIn(text, local);
  const [readVault, commands] = await Promise.all([
    settings.needsVault ? openVault(home, settings.vaultKey, environment) : undefined,
    askCommands(settings),
  ]);
  return {
    ...local,
    ...(readVault === undefined ? {} : { readVault }),
    readSecretCommand: (name) =>
      commands.get(name) ?? { problem: 'there is no command of this name that can be run in secret-commands' },
  };
}

async function openVault(
  home: HomeFolder,
  key: VaultKeySettings | undefined,
  environment: Environment,
): Promise<(name: VaultName) => SecretAnswer> {
  if (key === undefined) return () => ({ problem: 'the vault cannot be opened: the section "vault" is not right' });
  const state = await readOrProblem(vaultOf(home, key, environment));
  if (typeof state === 'string') return () => ({ problem: `the vault cannot be opened: ${state}` });
  return ({ block, attribute }) => {
    const value = state?.contents.get(vaultKey({ block, attribute }));
    if (value !== undefined) return { text: value.reveal() };
    const add = `"gatehouse vault add ${quoted(block)} ${quoted(attribute)}" puts it there`;
    return {
      problem:
        state === undefined
          ? `there is no vault in this home; "gatehouse vault init" makes one, then ${add}`
          : `the vault has no attribute "${attribute}" in the block "${block}"; ${add}`,
    };
  };
}

const quoted = (name: string) => (/^[\w.@/-]+$/.test(name) ? name : `'${name}'`);

async function readOrProblem(vault: VaultStore): Promise<Awaited<ReturnType<VaultStore['read']>> | string> {
  try {
    return await vault.read();
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    return `${error.message} (${Object.values(error.facts).join('; ')})`;
  }
}

async function askCommands({ commands }: SecretSettings): Promise<ReadonlyMap<string, SecretAnswer>> {
  const answers = await Promise.all(
    [...commands].map(async ([name, command]): Promise<readonly [string, SecretAnswer]> => {
      const answer = await runSecretCommand(command);
      return [name, answer.status === 'answered' ? { text: answer.text.reveal() } : { problem: answer.problem }];
    }),
  );
  return new Map(answers);
}
