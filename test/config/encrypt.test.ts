import { expect, it } from 'vitest';
import { configurationSchema } from '../../src/config/schema.ts';

const withWhat = (what: unknown) =>
  configurationSchema.safeParse({
    'saml-idp': {
      'security-domain': 'd',
      partners: [{ metadata: 'a.xml', encrypt: what === undefined ? {} : { what } }],
    },
  });

it.each([['assertion'], ['name-id'], ['attributes'], [['name-id', 'attributes']], [['assertion']]])(
  'what is encrypted can be %j',
  (what) => {
    expect(withWhat(what).data?.['saml-idp']?.partners[0]?.encrypt?.what).toEqual(what);
  },
);

it('is the assertion where nothing is said', () => {
  expect(withWhat(undefined).data?.['saml-idp']?.partners[0]?.encrypt?.what).toBe('assertion');
});

it.each([['response'], [[]], [['assertion', 'name-id']]])('what is encrypted cannot be %j', (what) => {
  expect(withWhat(what).success).toBe(false);
});
