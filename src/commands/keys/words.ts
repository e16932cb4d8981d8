/** @module What `gatehouse keys` says: why a step is refused and what to do instead, what a step has done and what comes next. */
import { metadataLifetimeMs, pinsOf, stateOf } from '../../engine/key-ring.ts';
import type { StepRefusal } from '../../engine/key-ring-steps.ts';
import type { StepAnswer } from '../../server/key-steps.ts';
import type { KeyRing, RingKey } from '../../spi/key-ring.ts';
import { printable } from '../../spi/printable.ts';

export const iso = (at: number) => new Date(at).toISOString();

const reasons: Readonly<Record<StepRefusal, string>> = {
  'already-there': 'this certificate is in the ring already',
  'too-many': 'there are too many keys: retire those that are not needed',
  retired: 'the key is retired; add a new one',
  'already-published': 'the key is published already',
  'already-active': 'the key is in use there already',
  'not-for-one-partner': 'partners choose an encryption key from our metadata themselves',
  'not-published': 'the key is not published: partners would get signatures that they cannot verify. Publish it first',
  'published-too-short':
    'partners may go by a copy of our metadata that is up to 14 days old and does not have the key: they would refuse what it signs',
  expired: 'the certificate will have run out, and some partners look at that. Add a new key',
  'in-the-past': 'the instant has passed',
  active: 'the key is in use: activate another one first',
  pinned: 'partners were given this key by name: activate another one for them first',
  scheduled: 'the key is to be activated: activate the one that is in use again first',
  'last-encryption-key':
    'it is the last key for encryption: what partners encrypt with our metadata could not be opened. Publish another one first',
  'in-flight': 'what was made with it may still be under way',
  'not-retired': 'only the private key of a retired key is erased',
  'already-erased': 'its private key is erased already',
};

/** A sentence or two for a person. */
export function refusalWords(answer: Extract<StepAnswer, { status: 'refused' }>): string {
  const { reason, until, partners, forceable } = answer;
  const when = until === undefined ? '' : `; from ${iso(until)} on it is safe`;
  const who = partners === undefined ? '' : ` (${partners.map(printable).join(', ')})`;
  const force = forceable ? ' --force does it nevertheless, and the audit trail says so.' : '';
  return `${reasons[reason]}${who}${when}.${force}`;
}

/** A partner that is not among those that can be seen from here: most often a slip of the pen, and then nothing would happen. */
export function strangerWords(partner: string, registered: readonly string[]): string {
  const few = registered.slice(0, 10).map(printable).join(', ');
  const known = registered.length === 0 ? 'there is none' : `${few}${registered.length > 10 ? ' …' : ''}`;
  return `there is no partner "${printable(partner)}" (known: ${known}). --force takes the name as it is, such as that of a partner behind MDQ.`;
}

export interface MadeFacts {
  readonly partner?: string | undefined;
  /** A file with the erased key that is not ours to remove. */
  readonly forgetting?: string | undefined;
}

export function madeWords(action: string, ring: KeyRing, key: RingKey, now: number, more: MadeFacts = {}): string {
  const { id } = key;
  const { forgetting } = more;
  const safeFrom = (key.publishedAt ?? now) + metadataLifetimeMs;
  switch (action) {
    case 'add':
      return `${addedWords(key)}\nNext: gatehouse keys publish ${id}\n`;
    case 'publish':
      return key.use === 'encryption'
        ? `Published: partners may encrypt with it.\nNext: gatehouse keys activate ${id}   (it then stands first in our metadata)\n`
        : `Published: our metadata names it beside the active key. Partners that fetch the metadata know it by ${iso(safeFrom)}.\n` +
            `Give the metadata to those that copied it by hand: ${ownMetadata[key.side]}\n` +
            `Next, from then on: gatehouse keys activate ${id}   (or earlier, for one that has it: --partner <entityID>)\n`;
    case 'activate':
      return activatedWords(ring, key, now, more.partner);
    case 'retire':
      return key.use === 'encryption'
        ? `Retired: it is not in our metadata any more. It opens what partners encrypt with older copies until ${iso(now + metadataLifetimeMs)}.\n`
        : 'Retired: it is not in our metadata any more, and nothing is signed with it.\n';
    default:
      return forgetting === undefined
        ? 'The private key is erased.\n'
        : `The ring has forgotten the key. The file ${forgetting} belongs to the configuration: delete it yourself, everywhere.\n`;
  }
}

/** Where each side's document is to be had. */
const ownMetadata = {
  idp: 'gatehouse metadata show > idp.xml',
  sp: '/saml/sp/<application>/metadata of each application',
} as const;

function addedWords({ id, place, use }: RingKey): string {
  if (place.in === 'vault') return `Added the ${use} key ${id}; its private key is in the vault.`;
  const where = place.in === 'file' ? place.path : '';
  return (
    `Added the ${use} key ${id}. Its private key is in ${where}, readable by its owner, not encrypted: this home has no vault.\n` +
    '("gatehouse vault init" makes one; keys that are added from then on are kept in it.)'
  );
}

function activatedWords(ring: KeyRing, key: RingKey, now: number, partner: string | undefined): string {
  const last = ring.activations.at(-1);
  const when = last === undefined || last.at <= now ? 'now on' : `${iso(last.at)} on`;
  const whom = partner === undefined ? 'everybody' : printable(partner);
  if (partner !== undefined) return `From ${when} ${whom} gets what ${key.id} signs.\n`;
  const pins = [...pinsOf(ring, key, now)].filter(([, id]) => id !== key.id);
  const except = pins.map(([name, id]) => `  ${printable(name)} keeps ${id}; --everyone gives this key to it too\n`);
  const before = ring.keys.filter(
    (one) =>
      one.id !== key.id &&
      one.side === key.side &&
      one.use === key.use &&
      one.family === key.family &&
      !pins.some(([, id]) => id === one.id) &&
      stateOf(ring, one, now) === 'published',
  );
  const next = before.map(({ id }) => `When nobody needs it any more: gatehouse keys retire ${id}\n`);
  const family = key.family === 'rsa' ? 'RSA' : 'elliptic curves';
  const what =
    key.use === 'encryption'
      ? 'stands first in our metadata'
      : `signs for everybody whose signing.algorithm is one of ${family}`;
  return [`From ${when} ${key.id} ${what}.\n`, ...except, ...next].join('');
}
