/** @module HTTP mechanism FORM: exactly one name and one password, posted. */
import { describe, expect, it } from 'vitest';
import { form } from '../../../src/plugins/mechanisms/form.ts';
import { httpMechanismConformance, plainRequest } from '../../conformance/http-mechanism.ts';
import { mechanismServices } from '../../support/mechanism-services.ts';

const post = (fields: Record<string, string>, repeatedFields: readonly string[] = []) =>
  plainRequest({ method: 'POST', form: fields, repeatedFields });

httpMechanismConformance({
  factory: form,
  request: (j_username, j_password) => post({ j_username, j_password }),
  malformed: [
    ['no password', post({ j_username: 'alice' })],
    ['no name', post({ j_password: 'secret' })],
    ['the name twice', post({ j_password: 'secret' }, ['j_username'])],
    ['the password twice', post({ j_username: 'alice' }, ['j_password'])],
    ['a name of 1025 characters', post({ j_username: 'a'.repeat(1025), j_password: 'x' })],
    ['a password of 4097 characters', post({ j_username: 'a', j_password: 'x'.repeat(4097) })],
  ],
});

describe('FORM', async () => {
  const mechanism = await form.create({}, mechanismServices());
  const { signal } = new AbortController();

  it('reads no fields out of a GET request', async () => {
    const request = plainRequest({ form: { j_username: 'alice', j_password: 'secret' } });
    expect(await mechanism.evaluate(request, { signal })).toEqual({ status: 'not-attempted' });
  });

  it('does not attempt another form', async () => {
    expect(await mechanism.evaluate(post({ comment: 'x' }), { signal })).toEqual({ status: 'not-attempted' });
  });

  it('asks for the sign-in page', () => {
    expect(mechanism.challenge(plainRequest())).toEqual({ kind: 'form' });
  });
});
