import { describe, expect, it } from 'vitest';
import { challengesOf, evidenceOf } from '../../src/http/mechanisms.ts';
import type { HttpMechanism, MechanismChallenge, MechanismResult } from '../../src/spi/http-mechanism.ts';
import { plainRequest } from '../conformance/http-mechanism.ts';

const nothing: MechanismResult = { status: 'not-attempted' };
const shown: MechanismResult = { status: 'evidence', evidence: { kind: 'anonymous' } };
const header = (value: string): MechanismChallenge => ({
  kind: 'header',
  status: 401,
  headers: { 'www-authenticate': value },
});

function mechanism(name: string, result: MechanismResult, offer?: MechanismChallenge, ambient = false): HttpMechanism {
  return { name, ambient, evaluate: () => result, challenge: () => offer };
}

describe('evidenceOf', () => {
  it('takes the first mechanism that finds something', () => {
    const found = evidenceOf([mechanism('A', nothing), mechanism('B', shown), mechanism('C', shown)], plainRequest());
    expect(found).toMatchObject({ status: 'evidence', mechanism: 'B' });
  });

  it('asks nobody after something malformed', () => {
    const broken: MechanismResult = { status: 'malformed', note: 'x' };
    const found = evidenceOf([mechanism('A', broken), mechanism('B', shown)], plainRequest());
    expect(found).toEqual({ status: 'malformed', mechanism: 'A', note: 'x' });
  });

  it('looks last at what comes with the connection unasked', () => {
    const found = evidenceOf([mechanism('CERT', shown, undefined, true), mechanism('FORM', shown)], plainRequest());
    expect(found).toMatchObject({ mechanism: 'FORM' });
  });

  it('finds nothing where nothing is', () => {
    expect(evidenceOf([mechanism('A', nothing)], plainRequest())).toEqual({ status: 'none' });
  });
});

describe('challengesOf', () => {
  it('keeps the field of every mechanism that asks by a header', () => {
    const two = [mechanism('A', nothing, header('Negotiate')), mechanism('B', nothing, header('Basic realm="x"'))];
    expect(challengesOf(two, plainRequest()).headers).toEqual({ 'www-authenticate': 'Negotiate, Basic realm="x"' });
  });

  it('says which kind comes first, and leaves out who cannot ask', () => {
    const all = [
      mechanism('CERT', nothing),
      mechanism('FORM', nothing, { kind: 'form' }),
      mechanism('B', nothing, header('Basic')),
    ];
    expect(challengesOf(all, plainRequest())).toMatchObject({ first: 'form', hasForm: true, hasHeaders: true });
    expect(challengesOf([mechanism('CERT', nothing)], plainRequest()).first).toBeUndefined();
  });
});
