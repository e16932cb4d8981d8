import { describe, expect, it } from 'vitest';
import { challengesOf } from '../../src/http/mechanisms.ts';
import type { HttpMechanism, MechanismChallenge } from '../../src/spi/http-mechanism.ts';
import { plainRequest } from '../conformance/http-mechanism.ts';

const header = (value: string): MechanismChallenge => ({
  kind: 'header',
  status: 401,
  headers: { 'www-authenticate': value },
});

function mechanism(name: string, offer?: MechanismChallenge): HttpMechanism {
  return { name, evaluate: async () => ({ status: 'not-attempted' }), challenge: () => offer };
}

describe('challengesOf', () => {
  it('keeps the field of every mechanism that asks by a header', () => {
    const two = [mechanism('A', header('Negotiate')), mechanism('B', header('Basic realm="x"'))];
    expect(challengesOf(two, plainRequest()).headers).toEqual({ 'www-authenticate': 'Negotiate, Basic realm="x"' });
  });

  it('says which kind comes first, and leaves out who cannot ask', () => {
    const all = [mechanism('CERT'), mechanism('FORM', { kind: 'form' }), mechanism('B', header('Basic'))];
    expect(challengesOf(all, plainRequest())).toMatchObject({ first: 'form', hasForm: true, hasHeaders: true });
    expect(challengesOf([mechanism('CERT')], plainRequest()).first).toBeUndefined();
  });
});
