/** @module The frame of every page: markup, headers, and a policy under which nothing foreign runs. */
import { hash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { type Html, html } from './html.ts';
import { stylesheetPath } from './stylesheet.ts';

export interface Page {
  readonly title: string | Html;
  readonly body: Html;
  /** An inline script that is part of the page. It runs because its hash is in the policy; no other script does. */
  readonly script?: string;
  /** Lets a form post to other origins. Only the page that carries a SAML message out needs it. */
  readonly postsAbroad?: boolean;
}

/** CSP Level 3 §2.3.1. */
function hashSource(script: string): string {
  return `'sha256-${hash('sha256', script, 'base64')}'`;
}

/**
 * Content-Security-Policy of a page (CSP Level 3). A page that posts abroad leaves `form-action` out: browsers apply it to
 * the redirects that follow the post too, and where an application sends its user then is not for us to forbid.
 */
function policyOf(page: Page): string {
  return [
    "default-src 'none'",
    "style-src 'self'",
    page.script === undefined ? undefined : `script-src ${hashSource(page.script)}`,
    page.postsAbroad === true ? undefined : "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
    .filter((directive) => directive !== undefined)
    .join('; ');
}

function frame(page: Page): string {
  const script = page.script === undefined ? '' : `<script>${page.script}</script>`;
  return `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${page.title}</title><link rel="stylesheet" href="${stylesheetPath}"></head><body><main><p class="brand">Gatehouse</p><div class="card">${page.body}</div></main>`
      .markup
  }${script}</body></html>`;
}

/** Headers that every answer carries, pages or not. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

export interface RenderedPage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Nothing that we show may be kept by a cache: it is about one person at one moment. */
export function renderPage(page: Page): RenderedPage {
  return {
    headers: {
      'content-security-policy': policyOf(page),
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    },
    body: frame(page),
  };
}

export function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  const { headers, body } = renderPage(page);
  return reply.code(status).headers(headers).send(body);
}
