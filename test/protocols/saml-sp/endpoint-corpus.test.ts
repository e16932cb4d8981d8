/** @module The hostile corpus before the real assertion consumer service: 4xx and its code, no session, exactly one audit record; or the name that was signed. */
import { describe, expect, test } from 'vitest';
import type { RequestIds } from '../../../src/protocols/saml-sp/request-ids.ts';
import { FAKE_START } from '../../support/fake-clock.ts';
import { corpus } from '../../support/saml-corpus/corpus.ts';
import type { HostileCase } from '../../support/saml-corpus/hostile-case.ts';
import { createWorkshop } from '../../support/saml-corpus/workshop.ts';
import { openServiceProvider } from './service-provider-fixture.ts';

const workshop = createWorkshop(FAKE_START);

/** The corpus has its own name for the request that this browser was sent with. */
function knowing(request: string | undefined): RequestIds {
  const name = 'ab12';
  return {
    issue: () => ({ id: request ?? '_none', name }),
    read: (id) => (id === request ? { name, isTo: () => true } : undefined),
  };
}

async function open({ expected = {} }: HostileCase) {
  // Whoever may begin by himself may do so while another answer is waited for.
  const idpInitiated = 'request' in expected && expected.request === undefined;
  return openServiceProvider({
    providers: [{ keys: workshop.idp, settings: { idpInitiated, decryptionCiphers: ['aes256-gcm'] } }],
    sp: workshop.sp,
    requestIds: knowing('request' in expected ? expected.request : '_request-1'),
    ...(expected.entityId === undefined ? {} : { spEntityId: expected.entityId }),
    ...(expected.acsUrl === undefined ? {} : { acsUrl: expected.acsUrl }),
  });
}

describe.each(Object.entries(corpus))('%s', (_subject, cases) => {
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const fixture = await open(one);
    const browser = fixture.browser();
    await browser.begin();
    fixture.clock.advance(one.expected?.laterMs ?? 0);
    const answer = await browser.bring(await one.make(workshop));
    const { events } = fixture.auditor;
    const begun = events.filter(({ type }) => type === 'session-begun').map(({ principal }) => principal);
    if (typeof one.outcome === 'object') {
      expect(begun).toEqual([one.outcome.subject]);
      return;
    }
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).toContain(one.outcome);
    expect(events.map(({ reason, outcome }) => [reason, outcome])).toEqual([[one.outcome, 'failure']]);
    expect(answer.body).toContain(`Decision ${events[0]?.id}`);
    expect(answer.setCookies).not.toContain('SSO');
  });
});
