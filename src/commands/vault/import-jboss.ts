/** @module `gatehouse vault import-jboss`: takes over the values of a vault of JBoss, under the names that they have there. */
import { resolve } from 'node:path';
import { readJbossVaultFiles } from '../../adapters/jboss-vault-files.ts';
import { vaultOfHome } from '../../server/secret-sources.ts';
import { vaultKey, vaultReference } from '../../spi/vault-reference.ts';
import { type JbossVaultParts, readJbossVault } from '../../wire/jboss-vault/jboss-vault.ts';
import { isMasked } from '../../wire/jboss-vault/mask.ts';
import { readSecret } from '../secret-input.ts';
import { noNames, type VaultAction, type VaultOptions } from './action.ts';

const maxPasswordBytes = 1024;

const text = (values: VaultOptions, option: string) => {
  const value = values[option];
  return typeof value === 'string' ? value : undefined;
};

function complaint(names: readonly string[], values: VaultOptions): string | undefined {
  const missing = ['keystore', 'enc-dir'].find((option) => text(values, option) === undefined);
  if (names.length > 0 || missing !== undefined) return noNames(names) ?? `--${missing} is missing`;
  const masked = text(values, 'keystore-password');
  if (masked === undefined) {
    return ['salt', 'iteration'].some((option) => text(values, option) !== undefined)
      ? '--salt and --iteration belong to a masked --keystore-password'
      : undefined;
  }
  if (!isMasked(masked)) {
    return '--keystore-password takes a masked password (MASK-…); leave it out, and a clear one is asked for';
  }
  if (Buffer.byteLength(text(values, 'salt') ?? '') !== 8) return '--salt takes the 8 characters of SALT';
  return /^[1-9]\d{0,6}$/.test(text(values, 'iteration') ?? '')
    ? undefined
    : '--iteration takes the number of ITERATION_COUNT';
}

async function passwordOf(values: VaultOptions): Promise<JbossVaultParts['password'] | { readonly problem: string }> {
  const masked = text(values, 'keystore-password');
  if (masked !== undefined) {
    return { kind: 'masked', masked, salt: text(values, 'salt') ?? '', iterations: Number(text(values, 'iteration')) };
  }
  const input = await readSecret('The password of the keystore', maxPasswordBytes);
  return 'problem' in input ? input : { kind: 'clear', text: input.secret };
}

export const importJboss: VaultAction = {
  options: ['keystore', 'keystore-password', 'salt', 'iteration', 'alias', 'enc-dir', 'replace'],
  complaint,
  async run({ home, values }) {
    const vault = await vaultOfHome(home, process.env);
    await vault.mustRead();
    const files = readJbossVaultFiles(resolve(text(values, 'keystore') ?? ''), resolve(text(values, 'enc-dir') ?? ''));
    const password = await passwordOf(values);
    if ('problem' in password) return { code: 1, text: `Not imported: ${password.problem}.\n`, json: { ...password } };
    const read = readJbossVault({ ...files, password, alias: text(values, 'alias') ?? 'vault' });
    const outcome = await vault.change((before) => {
      const contents = new Map(before);
      const kept = read.values.filter(
        ({ name, value }) => (before.get(vaultKey(name))?.reveal() ?? value.reveal()) !== value.reveal(),
      );
      const taken = values['replace'] === true ? read.values : read.values.filter((one) => !kept.includes(one));
      for (const { name, value } of taken) contents.set(vaultKey(name), value);
      return { contents, answer: { imported: taken, kept: values['replace'] === true ? [] : kept } };
    });
    const references = (entries: typeof read.values) => entries.map(({ name }) => vaultReference(name)).sort();
    const [imported, kept] = [references(outcome.imported), references(outcome.kept)];
    const lines = [
      ...imported,
      `Imported: ${imported.length}.`,
      ...kept.map((reference) => `Not imported, because another value is there (--replace replaces it): ${reference}`),
      ...read.unnameable.map((name) => `Not imported, because a name cannot be like this: ${JSON.stringify(name)}`),
    ];
    return {
      code: kept.length + read.unnameable.length === 0 ? 0 : 1,
      text: `${lines.join('\n')}\n`,
      json: { imported, kept, unnameable: read.unnameable },
    };
  },
};
