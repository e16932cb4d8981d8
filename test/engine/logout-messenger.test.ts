/** @module Messages of a logout go by the protocol whose participant it is. */
import { expect, test } from 'vitest';
import { type LogoutMessenger, routedMessenger } from '../../src/engine/logout-messenger.ts';
import type { LogoutParticipant, LogoutRecord } from '../../src/spi/logout-ledger.ts';
import { rejectionOf } from '../support/thrown-code.ts';

const messengerOf = (name: string): LogoutMessenger => ({
  wayTo: async () => ({ way: 'back', title: name }),
  tell: async () => ({ status: 'answered', outcome: 'confirmed', detail: name }),
  frontMessage: async () => ({ method: 'GET', url: `https://${name}.invalid/` }),
  answer: async () => ({ method: 'GET', url: `https://${name}.invalid/answer` }),
});
const routed = routedMessenger(({ kind, application }) => {
  if (kind === 'saml') return messengerOf('partners');
  return application === 'reports' ? messengerOf('reports') : undefined;
});
const record: LogoutRecord = {
  ...{ version: 1, id: 'L1', sessionKey: 'k', state: 'ended', cause: 'person', domain: 'd', principal: 'eric' },
  ...{ decision: 'D1', beganAt: 1, giveUpAt: 2, participants: [] },
};
const participant = (more: Pick<LogoutParticipant, 'kind'> & Partial<LogoutParticipant>): LogoutParticipant => ({
  ...{ name: 'n', title: 'n', channel: 'front', outcome: 'pending', attempts: 0 },
  ...more,
});
const reports = participant({ kind: 'identity-provider', application: 'reports' });
const gone = participant({ kind: 'identity-provider', application: 'gone' });
const signal = new AbortController().signal;

test('a participant is told by the one that knows it', async () => {
  expect(await routed.wayTo(participant({ kind: 'saml' }))).toMatchObject({ title: 'partners' });
  expect(await routed.tell(record, reports, signal)).toMatchObject({ detail: 'reports' });
  expect(await routed.frontMessage(record, reports)).toMatchObject({ url: 'https://reports.invalid/' });
});

test('a participant that is nobody’s any more is not told, and that is said', async () => {
  expect(await routed.wayTo(gone)).toEqual({ way: 'none', title: 'n' });
  expect(await routed.tell(record, gone, signal)).toMatchObject({ outcome: 'refused' });
  expect(await rejectionOf(routed.frontMessage(record, gone))).toBe('ERR_SAML_UNKNOWN_PARTNER');
});

test('the answer goes by the side that was asked, and by the partners where an older release has not said', async () => {
  const asked = { partner: 'n', requestId: '_1' };
  const by = async (answerTo: LogoutRecord['answerTo']) =>
    routed.answer({ ...record, ...(answerTo === undefined ? {} : { answerTo }) });
  expect(await by({ ...asked, kind: 'identity-provider', application: 'reports' })).toMatchObject({
    url: 'https://reports.invalid/answer',
  });
  expect(await by(asked)).toMatchObject({ url: 'https://partners.invalid/answer' });
  expect(await by(undefined)).toBeUndefined();
});
