/** @module HTTP mechanism FORM: the fields that the sign-in page posts (Servlet 3.1 §13.6.3, jboss-facts §6.4). */
import { z } from 'zod';
import { maxNameLength, maxPasswordLength } from '../../spi/evidence-limits.ts';
import { defineHttpMechanism } from '../../spi/http-mechanism.ts';
import { Secret } from '../../spi/secret.ts';

const nameField = 'j_username';
const passwordField = 'j_password';

export const form = defineHttpMechanism({
  name: 'FORM',
  summary: 'A sign-in page that posts j_username and j_password.',
  options: z.strictObject({}),
  create: () => ({
    name: 'FORM',
    async evaluate({ method, form: fields, repeatedFields = [] }) {
      if (method !== 'POST') {
        return { status: 'not-attempted' };
      }
      if (repeatedFields.includes(nameField) || repeatedFields.includes(passwordField)) {
        return { status: 'malformed', note: 'a field came twice' };
      }
      const username = fieldOf(fields, nameField);
      const password = fieldOf(fields, passwordField);
      if (username === undefined && password === undefined) {
        return { status: 'not-attempted' };
      }
      if (username === undefined || password === undefined) {
        return { status: 'malformed', note: 'a field is missing' };
      }
      if (username.length > maxNameLength || password.length > maxPasswordLength) {
        return { status: 'malformed', note: 'a field is too long' };
      }
      return { status: 'evidence', evidence: { kind: 'password', username, password: new Secret(password) } };
    },
    challenge: () => ({ kind: 'form' }),
  }),
});

/** Own properties only: a form body may be any object that a parser made. */
function fieldOf(fields: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
}
