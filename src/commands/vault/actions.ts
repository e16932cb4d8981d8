/** @module The actions of `gatehouse vault` by name. */

import { vaultOfHome } from '../../server/secret-sources.ts';
import { vaultKey, vaultNameOf, vaultReference } from '../../spi/vault-reference.ts';
import { maxVaultValueBytes } from '../../wire/vault/vault-file.ts';
import { readSecret } from '../secret-input.ts';
import { blockAndAttribute, nameIn, noNames, type VaultAction } from './action.ts';
import { check } from './check.ts';
import { importJboss } from './import-jboss.ts';

const init: VaultAction = {
  options: [],
  complaint: noNames,
  async run({ home }) {
    const vault = await vaultOfHome(home, process.env);
    const made = await vault.init();
    const text = made
      ? `${vault.path} is made. Keep its key where backups of the vault are not: without it nobody opens the vault.\n`
      : `${vault.path} is there already.\n`;
    return { code: made ? 0 : 1, text, json: { made, vault: vault.path } };
  },
};

const add: VaultAction = {
  options: ['replace'],
  complaint: blockAndAttribute,
  async run({ home, names, values }) {
    const vault = await vaultOfHome(home, process.env);
    const name = nameIn(names);
    const key = vaultKey(name);
    const reference = vaultReference(name);
    const refused = (problem: string) =>
      ({ code: 1, text: `Not stored: ${problem}.\n`, json: { stored: false, problem } }) as const;
    const taken = 'there is a value of this name already; --replace replaces it';
    const before = await vault.mustRead();
    if (before.contents.has(key) && values['replace'] !== true) return refused(taken);
    const input = await readSecret(`The value of ${names[1]} in ${names[0]}`, maxVaultValueBytes);
    if ('problem' in input) return refused(input.problem);
    const stored = await vault.change((contents) =>
      contents.has(key) && values['replace'] !== true
        ? { answer: false }
        : { contents: new Map([...contents, [key, input.secret]]), answer: true },
    );
    if (!stored) return refused(taken);
    return {
      code: 0,
      text: `Stored. Where the value belongs write:\n\n  ${reference}\n\nA server takes it over when it starts.\n`,
      json: { stored, reference },
    };
  },
};

const list: VaultAction = {
  options: [],
  complaint: noNames,
  async run({ home }) {
    const vault = await vaultOfHome(home, process.env);
    const { contents } = await vault.mustRead();
    const entries = [...contents.keys()].flatMap((key) => {
      const name = vaultNameOf(key);
      return name === undefined ? [] : [{ ...name, reference: vaultReference(name) }];
    });
    const text = entries.map(({ reference }) => `${reference}\n`).join('');
    return { code: 0, text: text === '' ? 'The vault is empty.\n' : text, json: { entries } };
  },
};

const remove: VaultAction = {
  options: [],
  complaint: blockAndAttribute,
  async run({ home, names }) {
    const vault = await vaultOfHome(home, process.env);
    const key = vaultKey(nameIn(names));
    const removed = await vault.change((before) => {
      const contents = new Map(before);
      return contents.delete(key) ? { contents, answer: true } : { answer: false };
    });
    const text = removed ? 'Removed.\n' : `The vault has no attribute "${names[1]}" in the block "${names[0]}".\n`;
    return { code: removed ? 0 : 1, text, json: { removed } };
  },
};

const rekey: VaultAction = {
  options: [],
  complaint: noNames,
  async run({ home }) {
    const vault = await vaultOfHome(home, process.env);
    const rekeyed = (await vault.rekey()) === 'rekeyed';
    const text = rekeyed
      ? 'Everything is under the new key. Backups from before need the old one.\n'
      : 'Not rekeyed: put the new key before the old one, with a space between, and try again.\n';
    return { code: rekeyed ? 0 : 1, text, json: { rekeyed } };
  },
};

export const actions: Readonly<Record<string, VaultAction>> = {
  init,
  add,
  list,
  remove,
  check,
  rekey,
  'import-jboss': importJboss,
};
