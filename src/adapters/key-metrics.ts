/** @module Metrics of our SAML keys: how long their certificates are good for, and whether the key ring on the disk is the one in force. */
import type { OpenMetricsContentType, Registry } from 'prom-client';

export interface KeyReading {
  readonly id: string;
  readonly side: string;
  readonly use: string;
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly notAfterAt: number;
}

export interface KeyReadings {
  readonly keys: () => readonly KeyReading[];
  /** Why the ring on the disk is not the one in force. */
  readonly problem: () => string | undefined;
}

export async function registerKeyMetrics(
  registry: Registry<OpenMetricsContentType>,
  readings: () => KeyReadings | undefined,
  now: () => number,
): Promise<void> {
  const { Gauge } = await import('prom-client');
  const registers = [registry];
  new Gauge({
    name: 'gatehouse_saml_key_valid_seconds',
    help: 'Until the certificate of one of our SAML keys runs out; negative when it has.',
    labelNames: ['key', 'side', 'use', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { id: key, side, use, state, notAfterAt } of readings()?.keys() ?? []) {
        this.set({ key, side, use, state }, (notAfterAt - now()) / 1000);
      }
    },
  });
  new Gauge({
    name: 'gatehouse_saml_key_ring_usable',
    help: '0 when the key ring on the disk cannot be used and an earlier one is in force.',
    registers,
    collect() {
      this.set(readings()?.problem() === undefined ? 1 : 0);
    },
  });
}
