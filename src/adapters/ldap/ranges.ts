/** @module Values of one attribute that a server gives in several answers (MS-ADTS 3.1.1.3.1.3.3): `member;range=0-1499`, and so on to `*`. */
import type { Entry } from 'ldapts';

/** Active Directory gives 1,500 at once: this is more groups than a token of Windows holds, and a group of a whole company. */
export const maxRangedValues = 100_000;

type Values = readonly (string | Buffer)[];

export interface RangedEntry {
  readonly dn: string;
  /** By attribute in lower case, without the option. */
  readonly values: ReadonlyMap<string, Values>;
  /** Attributes of which the server has more, each as it is asked for next. */
  readonly unfinished: readonly { readonly attribute: string; readonly ask: string }[];
}

const rangePattern = /^([^;]+);range=(\d{1,9})-(\d{1,9}|\*)$/i;

export function readRanges(entry: Entry): RangedEntry {
  const values = new Map<string, Values>();
  const unfinished: RangedEntry['unfinished'][number][] = [];
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn') continue;
    const [, attribute = name, , last] = rangePattern.exec(name) ?? [];
    const key = attribute.toLowerCase();
    // Beside the range there is the attribute without one, and without values.
    values.set(key, [...(values.get(key) ?? []), ...(Array.isArray(value) ? value : [value])]);
    if (last !== undefined && last !== '*') {
      unfinished.push({ attribute: key, ask: `${attribute};range=${Number(last) + 1}-*` });
    }
  }
  return { dn: entry.dn, values, unfinished };
}

/**
 * All values of the entry. `ask` reads one attribute of it again.
 * `undefined`: more than `maxRangedValues`, or a server that has begun a range and does not go on with it.
 */
export async function wholeValues(
  first: RangedEntry,
  ask: (attribute: string) => Promise<Entry | undefined>,
): Promise<ReadonlyMap<string, Values> | undefined> {
  const whole = new Map(first.values);
  const waiting = [...first.unfinished];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { attribute } = next;
    const answer = await ask(next.ask);
    const more = answer === undefined ? undefined : readRanges(answer);
    const values = [...(whole.get(attribute) ?? []), ...(more?.values.get(attribute) ?? [])];
    // Each answer has to bring something, or the asking would never end.
    if (more === undefined || values.length === whole.get(attribute)?.length || values.length > maxRangedValues) {
      return undefined;
    }
    whole.set(attribute, values);
    waiting.push(...more.unfinished.filter((one) => one.attribute === attribute));
  }
  return whole;
}
