/** @module What one action of `gatehouse vault` is, and what several of them need: the vault that the configuration names. */
import type { HomeFolder } from '../../adapters/home-folder.ts';
import type { VaultStore } from '../../adapters/vault/vault-store.ts';
import { secretSettingsIn } from '../../config/secret-settings.ts';
import { vaultOf } from '../../server/secret-sources.ts';
import { GatehouseError } from '../../spi/errors.ts';
import { type VaultName, vaultNameProblem } from '../../spi/vault-reference.ts';
import type { ExitCode } from '../command.ts';
import { configurationFile, configurationPath } from '../load-configuration.ts';

/** As `parseArgs` gives them. */
export type VaultOptions = Readonly<Record<string, string | boolean | undefined>>;

export interface VaultRequest {
  readonly home: HomeFolder;
  /** What stands after the action. */
  readonly names: readonly string[];
  readonly values: VaultOptions;
}

export interface VaultAnswer {
  readonly code: ExitCode;
  /** Whole lines. */
  readonly text: string;
  readonly json: unknown;
}

export interface VaultAction {
  /** Beside `--home` and `--json`. */
  readonly options: readonly string[];
  /** What is wrong with how it was called. */
  complaint(names: readonly string[], values: VaultOptions): string | undefined;
  run(request: VaultRequest): Promise<VaultAnswer>;
}

/** Of a home without a configuration too: the vault comes first when a home is made by hand. */
export async function configurationText(home: HomeFolder): Promise<string> {
  return (await home.exists(configurationPath)) ? home.readText(configurationPath) : '';
}

/** @throws ERR_CONFIG_INVALID when the section `vault` is not right. */
export async function vaultOfHome(home: HomeFolder): Promise<VaultStore> {
  const { vaultKey } = secretSettingsIn(await configurationText(home), {
    environment: process.env,
    readSecretFile: (path) => home.readSecretFile(path),
  });
  if (vaultKey !== undefined) return vaultOf(home, vaultKey, process.env);
  throw new GatehouseError('ERR_CONFIG_INVALID', 'the section "vault" of the configuration is not right', {
    facts: {
      file: home.resolve(configurationPath),
      advice: `"gatehouse serve --check" tells what is wrong in ${configurationFile}`,
    },
  });
}

export const noNames = (names: readonly string[]) => (names.length === 0 ? undefined : 'takes no names');

export function blockAndAttribute(names: readonly string[]): string | undefined {
  if (names.length !== 2) return 'give a block and an attribute';
  const [block = '', attribute = ''] = names;
  const wrong = (what: string, name: string) => {
    const problem = vaultNameProblem(name);
    return problem === undefined ? undefined : `the name of the ${what} ${problem}`;
  };
  return wrong('block', block) ?? wrong('attribute', attribute);
}

/** After `blockAndAttribute` had no complaint. */
export function nameIn([block = '', attribute = '']: readonly string[]): VaultName {
  return { block, attribute };
}
