/** @module What the sample applications show is text, whatever it holds. */
import { expect, it } from 'vitest';
import { markup } from '../../samples/markup.ts';

it('escapes what begins an element, a reference or the end of an attribute', () => {
  expect(markup`<a title="${`"'`}">${'<b>&'}</a>`).toBe('<a title="&#34;&#39;">&#60;b&#62;&#38;</a>');
});

it('leaves the template itself as it is', () => {
  expect(markup`<p>a &amp; b</p>`).toBe('<p>a &amp; b</p>');
});
