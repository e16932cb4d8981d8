/** @module What one action of `gatehouse vault` is, and what several of them need: the vault that the configuration names. */
import type { HomeFolder } from '../../adapters/home-folder.ts';
import { type VaultName, vaultNameProblem } from '../../spi/vault-reference.ts';
import type { ExitCode } from '../command.ts';

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
