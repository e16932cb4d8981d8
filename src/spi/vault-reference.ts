/** @module How a value of the vault is named: block and attribute, and the reference that stands in the configuration for it (jboss-facts §9). */

/** Longer than any name of a data source or a directory; a list of names has to fit on a screen. */
const maxNameCharacters = 128;

export interface VaultName {
  readonly block: string;
  readonly attribute: string;
}

/**
 * Why a text cannot name a block or an attribute; `undefined` when it can. A colon ends a name in a reference, braces end
 * the reference, and a control character or a space at the end would be a name that nobody can read.
 */
export function vaultNameProblem(name: string): string | undefined {
  if (name === '') return 'must not be empty';
  if (name.length > maxNameCharacters) return `must have at most ${maxNameCharacters} characters`;
  if (/[:{}]/.test(name)) return 'must not contain a colon or a brace: they end a name in a reference';
  return /[\p{C}\u2028\u2029]/u.test(name) || name.trim() !== name
    ? 'must not contain control characters, nor begin or end with a space'
    : undefined;
}

/** What the vault's records are called: a colon cannot be part of a name. */
export function vaultKey({ block, attribute }: VaultName): string {
  return `${block}::${attribute}`;
}

/** `undefined` when one of the names cannot be one. */
export function vaultNameOf(key: string): VaultName | undefined {
  const parts = key.split('::');
  const [block = '', attribute = ''] = parts;
  const wrong = parts.length !== 2 || (vaultNameProblem(block) ?? vaultNameProblem(attribute)) !== undefined;
  return wrong ? undefined : { block, attribute };
}

/** What to write where the value belongs. The last field was JBoss's shared key, and is always `1` there. */
export function vaultReference(name: VaultName): string {
  return `\${${bareVaultReference(name)}}`;
}

export function bareVaultReference(name: VaultName): string {
  return `VAULT::${vaultKey(name)}::1`;
}

export function isVaultReference(text: string): boolean {
  return text.startsWith('VAULT::');
}

/** `VAULT::block::attribute::1` without `${` and `}`. `undefined` when it is not written like that. */
export function parseVaultReference(text: string): VaultName | undefined {
  const parts = text.split('::');
  const [prefix, block, attribute, handshake] = parts;
  if (parts.length !== 4 || prefix !== 'VAULT' || handshake === undefined || handshake.includes(':')) return undefined;
  return vaultNameOf(`${block}::${attribute}`);
}
