/** @module 50,000 Kerberos tickets leave nothing behind: heap and descriptors are flat, whether they are accepted or not. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeKeytab } from '../support/keytab.ts';
import { bareToken, mint, spnegoInit } from '../support/minted-ticket.ts';
import { openOwnAcceptor } from '../support/own-acceptor.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';
import { createSoakClock, type Held, held } from './soak.ts';

const accepts = Number(process.env['GATEHOUSE_SOAK_ACCEPTS'] ?? '50000');
/**
 * More than after the first tenth. One leaked key object a ticket would be some 500 bytes × 45,000, which is 22 MB; what the collector
 * and compiled code do by themselves stays below.
 */
const mostBytesMore = 2 * 1024 * 1024;
const mostDescriptorsMore = 4;
/** With it the claims of eleven minutes are as many at the end as after the first tenth. */
const msPerTicket = 1000;

const folder = temporaryFolder('soak-keytab');
const serviceKey = randomBytes(32);
const keytab = join(folder.path, 'http.keytab');
const principal = 'HTTP/localhost@EXAMPLE.COM';
writeFileSync(keytab, writeKeytab([{ principal, kvno: 2, encryptionType: 18, bytes: serviceKey }]));
const clock = createSoakClock();
const acceptor = await openOwnAcceptor({ keytabs: [keytab], clock });
const patient = new AbortController().signal;
afterAll(async () => {
  await acceptor.close();
  folder.remove();
});

/** Of ten tokens six are right. */
function tokenOf(number: number): { readonly token: Uint8Array; readonly expected: string } {
  const good = { now: clock.now(), serviceKey };
  const wrapped = (more: object) => spnegoInit({ token: bareToken(mint({ ...good, ...more }).message) });
  switch (number % 10) {
    case 6:
      return { token: wrapped({ endsInMs: -3_600_000 }), expected: 'EXPIRED' };
    case 7:
      return { token: wrapped({ serviceKey: randomBytes(32) }), expected: 'INTEGRITY' };
    case 8:
      return { token: randomBytes(600), expected: 'MALFORMED' };
    case 9:
      return { token: wrapped({ client: `somebody${number}@ELSEWHERE` }), expected: 'WRONG_REALM' };
    default:
      // Every second one asks for a proof.
      return { token: wrapped({ gssFlags: number % 2 === 0 ? 32 : 34 }), expected: 'accepted' };
  }
}

test(`${accepts} tickets, and what is held after each tenth of them`, async () => {
  const measured: Held[] = [];
  for (let part = 0; part < 10; part += 1) {
    for (let number = 0; number < accepts / 10; number += 1) {
      clock.advance(msPerTicket);
      const { token, expected } = tokenOf(number);
      const verdict = await acceptor.accept({ token }, patient);
      const said = verdict.status === 'refused' ? verdict.failure : verdict.status;
      if (said !== expected) throw new Error(`ticket ${number} is ${said}, not ${expected}`);
    }
    measured.push(await held());
  }
  const megabytes = measured.map(({ bytes }) => (bytes / 1024 / 1024).toFixed(1)).join(' ');
  process.stdout.write(`${accepts} tickets: MB ${megabytes}; descriptors ${measured.at(-1)?.descriptors}\n`);
  const [first, last] = [measured[0]!, measured.at(-1)!];
  expect(last.bytes - first.bytes).toBeLessThan(mostBytesMore);
  expect(last.descriptors - first.descriptors).toBeLessThanOrEqual(mostDescriptorsMore);
});
