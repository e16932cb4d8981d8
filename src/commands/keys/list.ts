/** @module `gatehouse keys list`: the ring as a table for people and as data for programs. */
import { X509Certificate } from 'node:crypto';
import { expiryAlarm } from '../../engine/key-expiry.ts';
import { activeKey, openingKeys, pinsOf, scheduled, stateOf, stateSince } from '../../engine/key-ring.ts';
import type { KeyRing, RingKey } from '../../spi/key-ring.ts';
import { printable } from '../../spi/printable.ts';
import { iso } from './words.ts';

/** Of one key, for `--json`. */
export function keyAsData(ring: KeyRing, key: RingKey, now: number) {
  const { id, side, use, place, addedAt, publishedAt, retiredAt, notAfterAt } = key;
  const alarm = expiryAlarm(notAfterAt, now);
  const partners = [...pinsOf(ring, key, now)].filter(([, pinned]) => pinned === id).map(([partner]) => partner);
  return {
    ...{ id, side, use, type: typeOf(key), state: stateOf(ring, key, now), since: iso(stateSince(ring, key, now)) },
    added: iso(addedAt),
    ...(publishedAt === undefined ? {} : { published: iso(publishedAt) }),
    ...(retiredAt === undefined ? {} : { retired: iso(retiredAt) }),
    ...(use === 'encryption' ? { opens: openingKeys(ring, side, now).includes(key) } : {}),
    expires: iso(notAfterAt),
    ...(alarm === undefined ? {} : { alarm }),
    privateKey: place.in,
    partners,
    scheduled: scheduled(ring, now)
      .filter((one) => one.key === id)
      .map(({ at, partner }) => ({ at: iso(at), ...(partner === undefined ? {} : { partner }) })),
  };
}

/** As `--type` names them. */
const curveTypes: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'ec-p256'],
  ['secp384r1', 'ec-p384'],
]);

function typeOf({ certificate }: RingKey): string {
  const { publicKey } = new X509Certificate(certificate);
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return modulusLength === undefined
    ? (curveTypes.get(namedCurve ?? '') ?? `ec-${namedCurve ?? ''}`)
    : `rsa-${modulusLength}`;
}

export function ringAsText(ring: KeyRing, now: number): string {
  const rows = ring.keys.map((key) => {
    const { id, side, use, type, state, since, expires, privateKey, alarm } = keyAsData(ring, key, now);
    const end = alarm === undefined ? expires.slice(0, 10) : `${expires.slice(0, 10)} (!)`;
    return [id, side, use, type, state, since.slice(0, 16).replace('T', ' '), end, privateKey];
  });
  const table = [['KEY', 'FOR', 'USE', 'TYPE', 'STATE', 'SINCE (UTC)', 'EXPIRES', 'PRIVATE KEY'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...notes(ring, now)].map((line) => `${line}\n`).join('');
}

function notes(ring: KeyRing, now: number): readonly string[] {
  const pins = ring.keys.flatMap((key) => {
    const general = activeKey(ring, key, now);
    return [...pinsOf(ring, key, now)]
      .filter(([, id]) => id === key.id)
      .map(
        ([partner]) =>
          `${printable(partner)} gets ${key.id}${general === undefined ? '' : `, everybody else ${general.id}`}`,
      );
  });
  const coming = scheduled(ring, now).map(
    ({ key, at, partner }) => `${iso(at)}: ${key} for ${partner === undefined ? 'everybody' : printable(partner)}`,
  );
  return [
    ...(pins.length > 0 ? ['', 'By name:', ...pins] : []),
    ...(coming.length > 0 ? ['', 'To come:', ...coming] : []),
  ];
}
