/** @module A person's authenticator from proposal to removal, and who may do what to it. */
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '../../../src/spi/errors.ts';
import type { OneTimeCodes } from '../../../src/spi/one-time-codes.ts';
import { createEnrolments, proposalMs } from '../../../src/wire/one-time-code/enrolments.ts';
import { openOneTimeCodeFile } from '../../../src/wire/one-time-code/file-store.ts';
import { buildCode, stepAt } from '../../../src/wire/one-time-code/totp.ts';
import { decodeBase32 } from '../../support/base32.ts';
import { pluginServices } from '../../support/plugin-services.ts';

const path = 'codes.properties';
const signal = new AbortController().signal;
const self = { reason: 'self-service', sourceAddress: '192.0.2.1' } as const;
const parameters = { algorithm: 'SHA-1', digits: 6 } as const;

async function open(required = false) {
  const services = pluginServices({ files: { [path]: '' } });
  const store = await openOneTimeCodeFile(path, services);
  let auditFault: GatehouseError | undefined;
  const record: typeof services.record = async (event) => {
    if (auditFault !== undefined) throw auditFault;
    await services.record(event);
  };
  const parts = { store, parameters, required, issuer: 'Example', services: { ...services, record } };
  const { oneTimeCodes } = createEnrolments(parts);
  const codeOf = (secret: string, away = 0) =>
    buildCode(decodeBase32(secret), stepAt(services.clock.now()) + away, parameters);
  const failAudit = () => {
    auditFault = new GatehouseError('ERR_AUDIT_UNAVAILABLE', 'the disk is full');
  };
  return { services, codes: oneTimeCodes, codeOf, failAudit, clock: services.clock };
}

async function proposed(codes: OneTimeCodes, user = 'alice') {
  const { sealed, secret } = await codes.propose(user);
  return { sealed, secret: secret.reveal() };
}

/** Alice with an authenticator of her own. */
async function enrolled(required = false) {
  const opened = await open(required);
  const { sealed, secret } = await proposed(opened.codes);
  const answer = { sealed, code: opened.codeOf(secret), current: '' };
  const change = await opened.codes.confirm('alice', answer, self, signal);
  if (change.status !== 'done') throw new Error(change.reason);
  // The code of the confirmation is spent: let it pass.
  opened.clock.advance(60_000);
  return { ...opened, secret, recovery: change.value.map((one) => one.reveal()) };
}

describe('an enrolment', () => {
  it('ends with a right code, ten recovery codes and a record', async () => {
    const { codes, recovery, services } = await enrolled();
    expect(recovery).toHaveLength(10);
    expect(await codes.status('alice', signal)).toEqual({ enrolled: true, required: false, recoveryCodes: 10 });
    expect(services.events).toEqual([
      { type: 'one-time-codes-enrolled', outcome: 'success', principal: 'alice', ...self },
    ]);
  });

  it('does not without a right code, and the same proposal may be tried again', async () => {
    const { codes, codeOf, services } = await open();
    const { sealed, secret } = await proposed(codes);
    const wrong = { sealed, code: codeOf(secret, 5), current: '' };
    expect(await codes.confirm('alice', wrong, self, signal)).toEqual({ status: 'refused', reason: 'wrong-code' });
    expect((await codes.propose('alice', sealed)).secret.reveal()).toBe(secret);
    expect(services.events).toEqual([]);
  });

  it.each([
    ['of another person', async (codes: OneTimeCodes) => (await codes.propose('mallory')).sealed],
    ['made up', async () => '1.AAAA'],
  ])('does not with a proposal that is %s', async (_, make) => {
    const { codes } = await open();
    const answer = { sealed: await make(codes), code: '123456', current: '' };
    expect(await codes.confirm('alice', answer, self, signal)).toEqual({ status: 'refused', reason: 'expired' });
  });

  it('does not with a proposal that is too old', async () => {
    const { codes, codeOf, clock } = await open();
    const { sealed, secret } = await proposed(codes);
    clock.advance(proposalMs);
    const answer = { sealed, code: codeOf(secret), current: '' };
    expect(await codes.confirm('alice', answer, self, signal)).toEqual({ status: 'refused', reason: 'expired' });
    expect((await codes.propose('alice', sealed)).secret.reveal()).not.toBe(secret);
  });

  it('that cannot be recorded has not happened', async () => {
    const { codes, codeOf, failAudit, services } = await open();
    const { sealed, secret } = await proposed(codes);
    failAudit();
    const confirmed = codes.confirm('alice', { sealed, code: codeOf(secret), current: '' }, self, signal);
    await expect(confirmed).rejects.toMatchObject({ code: 'ERR_AUDIT_UNAVAILABLE' });
    expect(services.files.get(path)).not.toContain('alice');
  });
});

describe('an authenticator that is there', () => {
  it('is replaced by who has a current code, and by nobody else', async () => {
    const { codes, codeOf, secret } = await enrolled();
    const next = await proposed(codes);
    const answer = { sealed: next.sealed, code: codeOf(next.secret) };
    for (const current of ['', '000000', codeOf(next.secret)]) {
      expect(await codes.confirm('alice', { ...answer, current }, self, signal)).toEqual({
        status: 'refused',
        reason: 'wrong-current-code',
      });
    }
    const current = codeOf(secret);
    expect(await codes.confirm('alice', { ...answer, current }, self, signal)).toMatchObject({ status: 'done' });
  });

  it('is guessed at no more often because the guesser proves an authenticator of his own', async () => {
    const { codes, codeOf } = await enrolled();
    const reasons: string[] = [];
    for (let time = 0; time < 12; time += 1) {
      const next = await proposed(codes);
      const answer = { sealed: next.sealed, code: codeOf(next.secret), current: '000000' };
      const change = await codes.confirm('alice', answer, self, signal);
      reasons.push(change.status === 'refused' ? change.reason : change.status);
    }
    expect(reasons.slice(9)).toEqual(['wrong-current-code', 'too-many-attempts', 'too-many-attempts']);
  });

  it('is removed by a recovery code', async () => {
    const { codes, recovery, services } = await enrolled();
    expect(await codes.remove('alice', recovery[9]!, self, signal)).toEqual({ status: 'done', value: undefined });
    expect(await codes.status('alice', signal)).toMatchObject({ enrolled: false });
    expect(services.events.at(-1)).toMatchObject({ type: 'one-time-codes-removed', principal: 'alice' });
    expect(await codes.remove('alice', recovery[8]!, self, signal)).toMatchObject({ reason: 'not-enrolled' });
  });

  it('is not removed by a wrong code, nor where nobody gets in without one', async () => {
    const optional = await enrolled();
    const wrong = await optional.codes.remove('alice', '000000', self, signal);
    expect(wrong).toEqual({ status: 'refused', reason: 'wrong-current-code' });
    const required = await enrolled(true);
    const refused = await required.codes.remove('alice', required.recovery[0]!, self, signal);
    expect(refused).toEqual({ status: 'refused', reason: 'required' });
  });

  it('is given once and reset by an administrator', async () => {
    const { codes } = await enrolled(true);
    const administrator = { reason: 'administrator' } as const;
    expect(await codes.enrol('alice', administrator, signal)).toMatchObject({ reason: 'already-enrolled' });
    expect(await codes.users(signal)).toEqual(['alice']);
    expect(await codes.reset('alice', administrator, signal)).toMatchObject({ status: 'done' });
    expect(await codes.reset('alice', administrator, signal)).toMatchObject({ reason: 'not-enrolled' });
    expect(await codes.enrol('alice', administrator, signal)).toMatchObject({ status: 'done' });
  });
});
