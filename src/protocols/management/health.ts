/** @module `/health/*` and `/metrics` on the management listener. */
import type { FastifyInstance } from 'fastify';

/** `started`: configuration loaded and listeners open. `ready`: takes new requests; goes off first when the server drains. */
export interface Health {
  readonly started: () => boolean;
  readonly ready: () => boolean;
  /** What will need somebody before long, a sentence each; the server works. */
  readonly warnings: () => readonly string[];
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export function mountHealth(app: FastifyInstance, health: Health, metrics: MetricsText): void {
  const probe = (path: string, holds: () => boolean, warn: () => readonly string[] = () => []) => {
    app.get(path, (_request, reply) => {
      const up = holds();
      const warnings = warn();
      return reply
        .code(up ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: up ? 'UP' : 'DOWN', ...(warnings.length === 0 ? {} : { warnings }) });
    });
  };
  probe('/health/live', () => true);
  probe('/health/started', health.started);
  probe('/health/ready', health.ready, health.warnings);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
