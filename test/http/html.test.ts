import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from '../../src/http/html.ts';

describe('html', () => {
  it('escapes what goes into a template', () => {
    expect(html`<p title="${'"'}">${'<script>'}${"'"}&</p>`.markup).toBe('<p title="&quot;">&lt;script&gt;&#39;&</p>');
  });

  it('leaves markup that came out of a template as it is', () => {
    expect(html`<ul>${['a', '<'].map((text) => html`<li>${text}</li>`)}</ul>`.markup).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>',
    );
  });

  it('renders undefined and false as nothing, and zero as a number', () => {
    expect(html`${undefined}${false}${0}`.markup).toBe('0');
  });

  it('never lets any text open a tag or close an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });
});
