import { describe, expect, it } from 'vitest';
import { entry, fakeModule, fakeUsers, passwordOf, request, succeeded } from './fake-modules.ts';
import { openDomain } from './open-domain.ts';

describe('many logins at once', () => {
  it('never mix their subjects', async () => {
    const clockTicks = () => new Promise((done) => setImmediate(done));
    const names = Array.from({ length: 100 }, (_, n) => `user ${n}`);
    const table = Object.fromEntries(names.map((name) => [name, `password of ${name}`]));
    const checking = fakeUsers(table);
    const first = fakeModule(async (context) => {
      await clockTicks();
      const outcome = await checking.login(context);
      if (context.evidence.kind === 'password') {
        context.shared.publish({ name: context.evidence.username, evidence: context.evidence });
      }
      await clockTicks();
      return outcome;
    });
    const second = fakeModule(async ({ shared }) => {
      await clockTicks();
      return succeeded({ roles: [`stacked ${shared.read()?.name}`] });
    });
    const { domain, auditor } = openDomain([
      entry('required', 'A', first, { stacking: true }),
      entry('required', 'B', second, { stacking: true }),
    ]);
    const results = await Promise.all(
      names.map((name) => domain.login(passwordOf(name, `password of ${name}`), request)),
    );
    for (const [n, name] of names.entries()) {
      expect(results[n]).toMatchObject({
        status: 'authenticated',
        subject: { callerPrincipal: { name }, roles: [`role of ${name}`, `stacked ${name}`] },
        trace: { principal: name },
      });
    }
    expect(new Set(auditor.events.map(({ decision }) => decision)).size).toBe(100);
  });
});
