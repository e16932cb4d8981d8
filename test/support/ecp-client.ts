/** @module A client that is no browser, as saml-profiles §4.2 has it: asks a service provider, takes the request to the identity provider, brings the answer back. */
import { expect } from 'vitest';
import { exchange, type HttpClient, type Reply } from './http-client.ts';
import { attributesOf } from './saml-answer.ts';

export interface AskedClient {
  /** What goes to the identity provider: the header blocks stay here. */
  readonly body: string;
  /** The header block that comes back with the answer. */
  readonly relayState: string;
  /** To where the service provider wants the answer. */
  readonly acsUrl: string;
}

const paosHeaders = {
  accept: 'text/html, application/vnd.paos+xml',
  paos: 'ver="urn:liberty:paos:2003-08";"urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp"',
};

export async function askServiceProvider(client: HttpClient, wanted: string): Promise<AskedClient> {
  const reply = await client.send(wanted, { headers: paosHeaders });
  expect([reply.status, reply.headers['content-type']], reply.text).toEqual([200, 'application/vnd.paos+xml']);
  // The block is taken out of what surrounds it, where its prefixes are declared.
  const declared = [...reply.text.matchAll(/xmlns:(?:s|S|ecp|soap)="[^"]*"/g)].map(([one]) => one);
  const block = /<(?:[\w-]+:)?RelayState[\s>].*?<\/(?:[\w-]+:)?RelayState>/s.exec(reply.text)?.[0] ?? '';
  const missing = [...new Set(declared)].filter((one) => !block.includes(one));
  return {
    relayState: block.replace('RelayState', `RelayState ${missing.join(' ')}`),
    acsUrl: attributesOf(reply.text, 'paos:Request')['responseConsumerURL'] ?? '',
    body: reply.text.replace(/<(\w+:)?Header[\s>].*?<\/(\w+:)?Header>/s, ''),
  };
}

export function askIdentityProvider(publicUrl: string, body: string, name: string, password: string): Promise<Reply> {
  const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  return exchange(`${publicUrl}/saml/idp/soap`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', authorization },
    body,
  });
}

export function bringAnswer(client: HttpClient, { acsUrl, relayState }: AskedClient, answer: Reply): Promise<Reply> {
  const body = answer.text.replace(/<soap:Header>.*<\/soap:Header>/s, `<soap:Header>${relayState}</soap:Header>`);
  return client.send(acsUrl, { method: 'POST', headers: { 'content-type': 'application/vnd.paos+xml' }, body });
}
