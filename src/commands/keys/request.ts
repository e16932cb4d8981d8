/** @module What `gatehouse keys` was asked, read from the command line. */
import { isSelfSignedKeyType, type SelfSignedKeyType, selfSignedKeyTypes } from '../../adapters/self-signed.ts';
import { type KeySide, type KeyUse, keySides, keyUses } from '../../spi/key-ring.ts';

export const keysOptions = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  for: { type: 'string' },
  use: { type: 'string' },
  type: { type: 'string' },
  days: { type: 'string' },
  key: { type: 'string' },
  certificate: { type: 'string' },
  partner: { type: 'string' },
  partners: { type: 'boolean' },
  everyone: { type: 'boolean' },
  at: { type: 'string' },
  force: { type: 'boolean' },
  erase: { type: 'boolean' },
} as const;

type OptionName = keyof typeof keysOptions;
export type KeysValues = {
  readonly [Name in OptionName]?: (typeof keysOptions)[Name]['type'] extends 'boolean' ? boolean : string;
};

export type KeysRequest =
  | { readonly action: 'list'; readonly partners: boolean }
  | { readonly action: 'add'; readonly side: KeySide; readonly use: KeyUse; readonly pair: NewPair }
  | { readonly action: 'publish'; readonly id: string; readonly force: boolean }
  | {
      readonly action: 'activate';
      readonly id: string;
      readonly force: boolean;
      readonly partner?: string | undefined;
      readonly everyone: boolean;
      readonly at?: number | undefined;
    }
  | { readonly action: 'retire'; readonly id: string; readonly force: boolean; readonly erase: boolean };

/** Made here, or brought along. */
export type NewPair =
  | { readonly type: SelfSignedKeyType; readonly days: number }
  | { readonly keyFile: string; readonly certificateFile: string };

const allowed: Readonly<Record<KeysRequest['action'], readonly OptionName[]>> = {
  list: ['partners'],
  add: ['for', 'use', 'type', 'days', 'key', 'certificate'],
  publish: ['force'],
  activate: ['partner', 'everyone', 'at', 'force'],
  retire: ['force', 'erase'],
};

/** Three years: long enough to forget how it is done is too long. */
const defaultDays = 1095;
const maxDays = 3650;
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

const isAction = (name: string): name is KeysRequest['action'] => Object.hasOwn(allowed, name);
const isOneOf = <T extends string>(all: readonly T[], name: string): name is T => all.some((one) => one === name);

/** The request, or what is wrong with it in words. */
export function keysRequest(positionals: readonly string[], values: KeysValues): KeysRequest | string {
  const [action = '', id, ...more] = positionals;
  if (!isAction(action)) return `say what: ${Object.keys(allowed).join(', ')}`;
  const known: readonly string[] = [...allowed[action], 'home', 'json'];
  const strange = Object.keys(values).find((option) => !known.includes(option));
  if (strange !== undefined) return `--${strange} has no meaning for ${action}`;
  if (action === 'list' || action === 'add') {
    if (id !== undefined) return `${action} takes no further word`;
    return action === 'list' ? { action, partners: values.partners === true } : addRequest(values);
  }
  if (id === undefined || more.length > 0) return `${action} takes one key id; "gatehouse keys list" shows them`;
  const force = values.force === true;
  if (action === 'publish') return { action, id, force };
  if (action === 'retire') return { action, id, force, erase: values.erase === true };
  if (values.partner !== undefined && values.everyone === true) return '--partner and --everyone exclude each other';
  if (values.partner === '') return '--partner takes an entityID';
  if (values.at !== undefined && !(instantPattern.test(values.at) && Number.isFinite(Date.parse(values.at)))) {
    return '--at takes an instant such as 2026-12-01T03:00:00Z';
  }
  const at = values.at === undefined ? undefined : Date.parse(values.at);
  return { action, id, force, partner: values.partner, everyone: values.everyone === true, at };
}

function addRequest(values: KeysValues): KeysRequest | string {
  const { for: side = 'idp', use = 'signing', key, certificate } = values;
  if (!isOneOf(keySides, side)) return `--for is ${keySides.join(' or ')}`;
  if (!isOneOf(keyUses, use)) return `--use is ${keyUses.join(' or ')}`;
  if ((key === undefined) !== (certificate === undefined)) return '--key and --certificate go together';
  if (key !== undefined && certificate !== undefined) {
    if (values.type !== undefined || values.days !== undefined)
      return '--type and --days are for a key that is made here';
    return { action: 'add', side, use, pair: { keyFile: key, certificateFile: certificate } };
  }
  const type = values.type ?? (use === 'signing' ? 'rsa-2048' : 'rsa-3072');
  if (!isSelfSignedKeyType(type)) return `--type is one of ${selfSignedKeyTypes.join(', ')}`;
  if (use === 'encryption' && !type.startsWith('rsa-')) return 'a key for encryption is an RSA key';
  const days = Number(values.days ?? defaultDays);
  if (!Number.isInteger(days) || days < 1 || days > maxDays) return `--days takes a whole number from 1 to ${maxDays}`;
  return { action: 'add', side, use, pair: { type, days } };
}
