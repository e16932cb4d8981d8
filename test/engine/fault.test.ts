/** @module What a thrown thing means to a login. */
import { describe, expect, it } from 'vitest';
import { bugName, classifyFault, faultWord } from '../../src/engine/fault.ts';
import { type ErrorCode, GatehouseError } from '../../src/spi/errors.ts';

const fault = (code: ErrorCode) => new GatehouseError(code, 'x');

describe('a fault', () => {
  it.each(['ERR_STORE_UNAVAILABLE', 'ERR_DEADLINE_EXCEEDED', 'ERR_CIRCUIT_OPEN'] as const)(
    '%s means that nobody could be asked',
    (code) => {
      expect(classifyFault(fault(code))).toEqual({ status: 'unavailable', code });
    },
  );

  it('of another code is a refusal with that code', () => {
    const refused = classifyFault(fault('ERR_SAML_MALFORMED'));
    expect([refused, faultWord(refused)]).toEqual([
      { status: 'failed', reason: 'ERR_SAML_MALFORMED' },
      'ERR_SAML_MALFORMED',
    ]);
  });

  it('that is unavailable has its code for a word', () => {
    expect(faultWord(classifyFault(fault('ERR_CIRCUIT_OPEN')))).toBe('ERR_CIRCUIT_OPEN');
  });

  it.each([new TypeError('x'), 'text', undefined, null, { code: 'ERR_STORE_UNAVAILABLE' }])('%j is a bug', (thrown) => {
    expect(classifyFault(thrown)).toEqual({ status: 'bug', error: thrown });
  });

  it('that is a bug is named by its class, never by its message', () => {
    expect(faultWord(classifyFault(new RangeError('password hunter2')))).toBe('RangeError');
    expect([bugName('hunter2'), bugName(undefined)]).toEqual(['thrown string', 'thrown undefined']);
  });
});
