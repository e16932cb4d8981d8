/** @module `/health/*` and `/metrics` on the management listener. */
import type { FastifyInstance } from 'fastify';

/** `started`: configuration loaded and listeners open. `ready`: takes new requests; goes off first when the server drains. */
export interface Health {
  readonly started: () => boolean;
  readonly ready: () => boolean;
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export function mountHealth(app: FastifyInstance, health: Health, metrics: MetricsText): void {
  const probe = (path: string, holds: () => boolean) => {
    app.get(path, (_request, reply) => {
      const up = holds();
      return reply
        .code(up ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: up ? 'UP' : 'DOWN' });
    });
  };
  probe('/health/live', () => true);
  probe('/health/started', health.started);
  probe('/health/ready', health.ready);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
