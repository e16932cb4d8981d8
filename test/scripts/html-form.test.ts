/** @module The smoke login reads forms as a browser would submit them. */
import { expect, test } from 'vitest';
import { parseForm } from '../../scripts/html-form.ts';

test('a form gives its action and its named fields', () => {
  const page =
    '<form method="post" action="/login/1"><input name="csrf" value="a"><input name="j_username"><button>Go</button></form>';
  expect(parseForm(page)).toEqual({ action: '/login/1', fields: { csrf: 'a', j_username: '' } });
});

test('entities in attributes are decoded', () => {
  const page = '<form method="post" action="/a?b=1&amp;c=2"><input name="v" value="&quot;&#39;&#x26;&lt;"></form>';
  expect(parseForm(page)).toEqual({ action: '/a?b=1&c=2', fields: { v: `"'&<` } });
});

test('a form that is not posted is passed over', () => {
  expect(parseForm('<form action="/search"><input name="q"></form>')).toBeUndefined();
});
