/** @module `gatehouse vault check`: does the vault open, what does the configuration miss in it, and what does nobody need. */
import { textsOf } from '../../config/secrets.ts';
import { parseYamlTree } from '../../config/yaml-tree.ts';
import { configurationText, vaultOfHome } from '../../server/secret-sources.ts';
import { keyRingBlock } from '../../spi/key-ring.ts';
import { parseVaultReference, vaultKey, vaultNameOf, vaultReference } from '../../spi/vault-reference.ts';
import { blockAndAttribute, nameIn, type VaultAction } from './action.ts';

/** Names that a configuration refers to. */
function referredTo(text: string): ReadonlySet<string> {
  const found = textsOf(parseYamlTree(text).value).flatMap((one) => one.match(/VAULT::[^{}]*/g) ?? []);
  return new Set(
    found.flatMap((reference) => {
      const name = parseVaultReference(reference);
      return name === undefined ? [] : [vaultKey(name)];
    }),
  );
}

const references = (keys: Iterable<string>) =>
  [...keys].flatMap((key) => {
    const name = vaultNameOf(key);
    return name === undefined ? [] : [vaultReference(name)];
  });

export const check: VaultAction = {
  options: [],
  complaint: (names) => (names.length === 0 ? undefined : blockAndAttribute(names)),
  async run({ home, names }) {
    const vault = await vaultOfHome(home, process.env);
    const { contents, keyCount, underFirstKey } = await vault.mustRead();
    if (names.length > 0) {
      const exists = contents.has(vaultKey(nameIn(names)));
      return { code: exists ? 0 : 1, text: exists ? 'It is there.\n' : 'It is not there.\n', json: { exists } };
    }
    const wanted = referredTo(await configurationText(home));
    const missing = references([...wanted].filter((key) => !contents.has(key)));
    // The keys of the ring are referred to by the ring.
    const isOurs = (key: string) => vaultNameOf(key)?.block === keyRingBlock;
    const unused = references([...contents.keys()].filter((key) => !wanted.has(key) && !isOurs(key)));
    const lines = [
      `${vault.path} opens; values: ${contents.size}.`,
      ...(underFirstKey
        ? []
        : ['It is under an older key of several: "gatehouse vault rekey" puts it under the first one.']),
      ...(underFirstKey && keyCount > 1 ? ['There are keys that it does not need any more.'] : []),
      ...missing.map((reference) => `Missing, and the configuration refers to it: ${reference}`),
      ...unused.map((reference) => `The configuration does not refer to ${reference}`),
    ];
    return {
      code: missing.length === 0 ? 0 : 1,
      text: `${lines.join('\n')}\n`,
      json: { vault: vault.path, values: contents.size, keys: keyCount, underFirstKey, missing, unused },
    };
  },
};
