import { describe, expect, it } from 'vitest';
import { createExpiryWatch, expiryAlarm, type OwnKey } from '../../src/engine/key-expiry.ts';
import { createFakeClock, FAKE_START as start } from '../support/fake-clock.ts';
import { day } from '../support/key-ring.ts';

const key: OwnKey = { id: 'aaaa', side: 'idp', use: 'signing', state: 'active', notAfterAt: start + 100 * day };

describe('the alarm about a certificate', () => {
  it.each([
    [61, undefined],
    [60, 'within-60-days'],
    [31, 'within-60-days'],
    [30, 'within-30-days'],
    [8, 'within-30-days'],
    [7, 'within-7-days'],
    [0.001, 'within-7-days'],
    [0, 'expired'],
    [-400, 'expired'],
  ])('%s days before its end is %s', (days, alarm) => {
    expect(expiryAlarm(start + days * day, start)).toBe(alarm);
  });

  it('is in the log once for each stage, louder when it is urgent', () => {
    const clock = createFakeClock();
    const said: string[] = [];
    const note = (level: string) => (facts: Readonly<Record<string, unknown>>) =>
      void said.push(`${level} ${facts['alarm']}`);
    const logger = { info: note('info'), warn: note('warn'), error: note('error') };
    const watch = createExpiryWatch({ keys: () => [key], now: clock.now, logger });
    for (let days = 0; days < 110; days += 1) {
      watch.look();
      clock.advance(day);
    }
    expect(said).toEqual(['warn within-60-days', 'warn within-30-days', 'error within-7-days', 'error expired']);
  });

  it('is said in words with the date, the key and how long it is', () => {
    const clock = createFakeClock(start + 90 * day);
    const silent = () => undefined;
    const watch = createExpiryWatch({
      keys: () => [
        { ...key, id: 'far', notAfterAt: start + 999 * day },
        key,
        { ...key, id: 'gone', state: 'published', notAfterAt: start },
      ],
      now: clock.now,
      logger: { info: silent, warn: silent, error: silent },
    });
    expect(watch.warnings()).toEqual([
      'the certificate of the published signing key gone of the identity provider ran out on 2026-01-01, 90 days ago',
      'the certificate of the active signing key aaaa of the identity provider runs out on 2026-04-11, in 10 days',
    ]);
  });
});
