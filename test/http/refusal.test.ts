import { afterEach, describe, expect, it } from 'vitest';
import { createHttpApp } from '../../src/http/app.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { RecordingLogger } from '../support/plugin-services.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function appWhoseTrail(failure: Error) {
  const logger = new RecordingLogger();
  const app = await createHttpApp({ logger, trustedProxies: [], recordRefusal: () => Promise.reject(failure) });
  open.push(app);
  app.get('/refused', () => {
    throw new GatehouseError('ERR_REQUEST_FORGED', 'refused');
  });
  return { app, logger };
}

describe('a refusal that cannot be recorded', () => {
  const full = new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the disk is full');

  it.each(['/refused', '/%zz', '/nothing'])('is answered 503 by a page without a decision: %s', async (url) => {
    const { app, logger } = await appWhoseTrail(full);
    const response = await app.inject(url);
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.headers['content-type']).toContain('text/html');
    expect(response.body).toContain('ERR_AUDIT_UNAVAILABLE');
    expect(response.body).not.toContain('Decision');
    expect(logger.lines.some(({ message }) => message === 'a refusal could not be recorded')).toBe(true);
  });

  it('ends one connection and not the process where a bug is behind it', async () => {
    const { app, logger } = await appWhoseTrail(new TypeError('a bug in a provider'));
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    await expect(fetch(`${address}/%zz`)).rejects.toThrow();
    expect(logger.lines.some(({ message }) => message === 'an error page could not be sent')).toBe(true);
    expect((await fetch(`${address}/assets/gatehouse.css`)).status).toBe(200);
  });
});
