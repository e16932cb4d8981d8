/** @module Each failure of Kerberos has a text for the person, and other refusals one that tells nothing. */
import { describe, expect, it } from 'vitest';
import { refusalText } from '../../../src/protocols/login/negotiate-texts.ts';
import { kerberosFailures } from '../../../src/spi/kerberos-acceptor.ts';
import { kerberosFailureIn, kerberosNote } from '../../../src/spi/kerberos-notes.ts';
import { decisionTrace, moduleStep } from '../../support/decision-trace.ts';

const denied = (reason: string | undefined, why: 'rejected' | 'unavailable' = 'rejected') =>
  ({
    status: 'denied',
    reason: why,
    trace: decisionTrace({
      modules: [moduleStep({ outcome: 'failed', ...(reason === undefined ? {} : { reason }) })],
    }),
  }) as const;
const other = refusalText(denied('no-roles'));

describe('the text after a refused ticket', () => {
  it.each(kerberosFailures)('is about %s', (failure) => {
    const reason = `bad-credential: ${kerberosNote(failure, { seconds: 4 })}`;
    expect(kerberosFailureIn(reason)).toBe(failure);
    expect(refusalText(denied(reason))).not.toBe(other);
  });

  it.each([
    undefined,
    'bad-credential',
    'unknown-user',
    'bad-credential: NTLMX (a b)',
    'bad-credential: decision 01 of x',
  ])('says nothing of tickets after %j', (reason) => {
    expect(refusalText(denied(reason))).toBe(other);
  });

  it('says that it is not possible at the moment where a store is down', () => {
    expect(refusalText(denied('bad-credential: SKEW', 'unavailable'))).toMatch(/not possible at the moment/);
  });
});
