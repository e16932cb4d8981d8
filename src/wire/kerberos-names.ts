/** @module What a person of a Kerberos realm is called here: with or without the realm, in lower case, or by a table. */
import type { KerberosPrincipal } from '../spi/kerberos-acceptor.ts';
import type { Principal } from '../spi/subject.ts';

/** For the people of one realm. */
export interface KerberosNameRule {
  readonly realm: 'strip' | 'keep';
  readonly case: 'lower' | 'keep';
  /** By the name without the realm, to the letter. Who is in it is called just so. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

/**
 * `alice@ONE` and `alice@TWO` are two people: a name without its realm is a name of the realm of the service, and of another
 * realm only where a rule for that very realm says so.
 */
export function kerberosNameOf(
  client: KerberosPrincipal,
  rules: Readonly<Record<string, KerberosNameRule>>,
  stripFrom: string | undefined,
): Principal {
  const own = Object.hasOwn(rules, client.realm) ? rules[client.realm] : undefined;
  const rule = own ?? ({ realm: client.realm === stripFrom ? 'strip' : 'keep', case: 'keep' } as const);
  const { names = {} } = rule;
  const listed = Object.hasOwn(names, client.name) ? names[client.name] : undefined;
  if (listed !== undefined) return { name: listed, type: 'user' };
  const name = rule.case === 'lower' ? client.name.toLowerCase() : client.name;
  return rule.realm === 'strip' ? { name, type: 'user' } : { name: `${name}@${client.realm}`, type: 'kerberos' };
}
