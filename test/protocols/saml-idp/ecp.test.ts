/** @module A client without pages whose evidence is not enough: what it is answered, and that nothing is issued. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuditTrail } from '../../../src/engine/audit-trail.ts';
import type { MechanismAnswer, MechanismStack } from '../../../src/engine/mechanism-stack.ts';
import { createHttpApp } from '../../../src/http/app.ts';
import type { Answers } from '../../../src/protocols/saml-idp/answer.ts';
import { createAuthnContexts, defaultAuthnContexts } from '../../../src/protocols/saml-idp/authn-context.ts';
import { createEcp } from '../../../src/protocols/saml-idp/ecp.ts';
import { createPartner } from '../../../src/protocols/saml-idp/partner.ts';
import { GatehouseError } from '../../../src/spi/errors.ts';
import type { HttpMechanism } from '../../../src/spi/http-mechanism.ts';
import { parseXml } from '../../../src/wire/xml/parse.ts';
import { decisionTrace } from '../../support/decision-trace.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';
import { createRecordingAuditor } from '../../support/recording-auditor.ts';

const partner = createPartner(
  {
    entityId: 'urn:sp',
    signingKeys: [],
    encryptionKeys: [],
    assertionConsumerServices: [{ binding: 'PAOS', location: 'https://sp.invalid/paos', index: 0 }],
    singleLogoutServices: [],
    nameIdFormats: [],
    authnRequestsSigned: false,
  },
  { sign: 'assertion', roleAttribute: 'Role' },
);
const accepted = {
  partner: 'urn:sp',
  id: '_1',
  acsUrl: 'https://sp.invalid/paos',
  forceAuthn: false,
  isPassive: false,
};
const nobody: Answers = {
  assertion: () => Promise.reject(new Error('nothing is issued')),
  refusal: () => Promise.reject(new Error('nothing is refused')),
};
const asking: HttpMechanism = {
  name: 'BASIC',
  evaluate: async () => ({ status: 'not-attempted' }),
  challenge: () => ({ kind: 'header', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }),
};
const silent: HttpMechanism = { ...asking, name: 'CLIENT-CERT', challenge: () => undefined };

async function ask(answer: () => Promise<MechanismAnswer>, mechanisms: readonly HttpMechanism[] = [asking]) {
  const auditor = createRecordingAuditor();
  const audit = createAuditTrail({
    providers: [auditor],
    node: 'n',
    clock: createFakeClock(),
    random: createFakeRandom(),
  });
  const entrance: MechanismStack = {
    domain: 'd',
    mechanisms,
    begin: () => ({ isAsked: async () => true, authenticate: answer }),
    nameAnonymous: async () => undefined,
  };
  const ecp = createEcp({
    ...{ domain: 'd', entrance, audit, answers: nobody, provable: ['password'] },
    readRequest: async () => ({ partner, accepted, isSigned: false }),
    authnContexts: createAuthnContexts(defaultAuthnContexts),
    requestUse: { checkUnused: async () => undefined, use: () => Promise.reject(new Error('nothing is used')) },
    sessions: {
      vouch: () => {
        throw new Error('nobody is vouched for');
      },
    },
  });
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const app = await createHttpApp({ logger, trustedProxies: [], recordRefusal: async () => 'refusal' });
  onTestFinished(() => app.close());
  const message = parseXml('<m/>');
  app.post('/ecp', (request, reply) => ecp(request, reply, { document: message, message }));
  const reply = await app.inject({ method: 'POST', url: '/ecp' });
  return { reply, events: auditor.events.map(({ type, reason }) => [type, reason]) };
}

const trace = decisionTrace({ id: 'DECISION' });
const decided =
  (result: Extract<MechanismAnswer, { status: 'decided' }>['result']) => async (): Promise<MechanismAnswer> => ({
    status: 'decided',
    mechanism: 'BASIC',
    evidence: { kind: 'anonymous' },
    result,
    factors: [],
    complete: async () => ({}),
  });

describe('a client whose evidence is not enough', () => {
  test('because a page would have to ask for more: 401 with the decision of the login, recorded once already', async () => {
    const challenge = { kind: 'one-time-code' } as const;
    const { reply, events } = await ask(decided({ status: 'challenge', challenge, trace }));
    expect([reply.statusCode, reply.headers['www-authenticate'], events]).toEqual([401, 'Basic realm="x"', []]);
    expect(reply.body).toContain('decision="DECISION"');
  });

  test('because nobody could be asked: a fault of ours', async () => {
    const { reply } = await ask(decided({ status: 'denied', reason: 'unavailable', trace }));
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([503, '5']);
  });

  test('because a mechanism is down', async () => {
    const down = () => Promise.reject(new GatehouseError('ERR_STORE_UNAVAILABLE', 'down'));
    expect((await ask(down)).reply.statusCode).toBe(503);
  });

  test('where no mechanism can ask by a header: 403, as a 401 needs a challenge', async () => {
    const { reply, events } = await ask(async () => ({ status: 'none' }), [silent]);
    expect([reply.statusCode, reply.headers['www-authenticate']]).toEqual([403, undefined]);
    expect(events).toEqual([['saml-request-refused', 'not-authenticated']]);
  });
});
