/** @module Sign-in by the desktop on a whole server: the probe, several legs, every refusal, programs. Tickets are minted with the service's key. */
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { contextExplicit, octetString } from '../../src/wire/der.ts';
import { writeFields } from '../../src/wire/kerberos/fields.ts';
import { mechanisms, messageCheck } from '../../src/wire/kerberos/gss.ts';
import { keyUsages } from '../../src/wire/kerberos/key.ts';
import { startEchoApplication } from '../support/echo-application.ts';
import { type Ask, createHttpClient, type HttpClient, type Reply } from '../support/http-client.ts';
import { startInProcess } from '../support/in-process-server.ts';
import { writeKeytab } from '../support/keytab.ts';
import { bareToken, type Mint, mechanismListOf, mint, spnegoInit } from '../support/minted-ticket.ts';

const serviceKey = randomBytes(32);
const principal = 'HTTP/localhost@EXAMPLE.COM';
const application = await startEchoApplication();
const constraints = "constraints: [ { path: /secure/*, roles: ['**'] } ]";
const server = await startInProcess({
  files: {
    'http.keytab': writeKeytab([{ principal, kvno: 2, encryptionType: 18, bytes: serviceKey }]),
    'users.properties': 'andy=andy-Fallback-4410\n',
    'roles.properties': 'jane=staff\nandy=staff\n',
    'gatehouse.yaml': `
security-domains:
  host: { authentication: [ { code: Kerberos, flag: required, module-options: { keyTab: http.keytab, trusted-realms: [TRUSTED.EXAMPLE] } } ] }
  form: { authentication: [ { code: UsersRoles, flag: required } ] }
  desktop:
    authentication:
      - code: SPNEGO
        flag: requisite
        module-options: { serverSecurityDomain: host, usernamePasswordDomain: form, removeRealmFromPrincipal: true, password-stacking: useFirstPass }
      - { code: UsersRoles, flag: required, module-options: { password-stacking: useFirstPass } }
applications:
  inside: { security-domain: desktop, mechanisms: [SPNEGO, FORM], upstream: '${application.origin}', ${constraints} }
  only: { security-domain: desktop, mechanisms: [SPNEGO], upstream: '${application.origin}', ${constraints} }
  outside: { security-domain: desktop, mechanisms: [ { name: SPNEGO, networks: [203.0.113.0/24] }, FORM ], upstream: '${application.origin}', ${constraints} }
  named: { security-domain: desktop, mechanisms: [ { name: SPNEGO, hosts: [sso.corp.example] }, FORM ], upstream: '${application.origin}', ${constraints} }
  form-first: { security-domain: desktop, mechanisms: [FORM, SPNEGO], upstream: '${application.origin}', ${constraints} }
`,
  },
});
afterAll(async () => {
  await server.stop();
  await application.stop();
});

const page = (name: string) => `${server.url}/${name}/secure/x`;
const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const browser = (more: Readonly<Record<string, string>> = {}): Ask => ({ headers: { ...html, ...more } });
const showing = (token: Uint8Array): Ask =>
  browser({ authorization: `Negotiate ${Buffer.from(token).toString('base64')}` });
const ticket = (more: Partial<Mint> = {}) => mint({ now: Date.now(), serviceKey, client: 'jane@EXAMPLE.COM', ...more });
const token = (more: Partial<Mint> = {}) => spnegoInit({ token: bareToken(ticket(more).message) });
const asks = ({ headers }: Reply) => headers['www-authenticate'];
const hasForm = ({ text }: Reply) => text.includes('name="j_password"');

/** As a browser does: each request of a way says what it wants. */
async function open(client: HttpClient, url: string): Promise<Reply> {
  let reply = await client.send(url, browser());
  while (reply.headers.location !== undefined) {
    reply = await client.send(new URL(reply.headers.location, reply.url).href, browser());
  }
  return reply;
}

async function probed(client: HttpClient = createHttpClient(), name = 'inside') {
  const first = await open(client, page(name));
  return { client, first };
}

describe('a browser that is inside', () => {
  it('is asked once, beside the form, on a path of its own', async () => {
    const { first } = await probed();
    expect([first.status, asks(first), hasForm(first)]).toEqual([401, 'Negotiate', true]);
    expect(new URL(first.url).pathname).toMatch(/^\/spnego\//);
  });

  it('gets a page that goes on, and with it its session', async () => {
    const { client, first } = await probed();
    const answer = await client.send(first.url, showing(token()));
    expect([answer.status, answer.text.includes('Signed in as jane')]).toEqual([200, true]);
    const on = /id="on" href="([^"]+)"/.exec(answer.text)?.[1] ?? '';
    const there = await open(client, new URL(on, server.url).href);
    expect([there.status, there.url, JSON.parse(there.text).headers['x-remote-user']]).toEqual([
      200,
      page('inside'),
      'jane',
    ]);
  });

  it('gets the proof of who we are, where it asks for it', async () => {
    const { client, first } = await probed();
    const answer = await client.send(first.url, showing(token({ options: [2], gssFlags: 2 })));
    expect([answer.status, String(asks(answer))]).toEqual([200, expect.stringMatching(/^Negotiate oY/)]);
  });

  it('has a session that it cannot be given twice by one token', async () => {
    const one = token();
    const { client, first } = await probed();
    await client.send(first.url, showing(one));
    const { client: other, first: again } = await probed();
    const answer = await other.send(again.url, showing(one));
    expect([answer.status, asks(answer), hasForm(answer)]).toEqual([403, undefined, true]);
  });

  it('is not asked again after it has shown the form', async () => {
    const { client } = await probed();
    const second = await open(client, page('inside'));
    expect([second.status, asks(second), hasForm(second)]).toEqual([200, undefined, true]);
  });

  it('may be asked again by a link, and is then signed in', async () => {
    const { client } = await probed();
    const form = await open(client, page('inside'));
    const link = /href="(\/spnego\/[^"]+)"/.exec(form.text)?.[1] ?? '';
    const answer = await client.send(`${server.url}${link}`, showing(token()));
    expect(answer.text).toContain('Signed in as jane');
  });

  it('is asked again when its desktop has answered before, until it signs out', async () => {
    const { client, first } = await probed();
    await client.send(first.url, showing(token()));
    expect(client.cookie('localhost', 'GATEHOUSEPROBE') ?? '').toBe('');
    await client.submit(await open(client, `${server.url}/logout`));
    const next = await open(client, page('inside'));
    expect([next.status, asks(next), hasForm(next)]).toEqual([200, undefined, true]);
  });

  it('can use another account than that of the desktop', async () => {
    const { client, first } = await probed();
    const answer = await client.send(first.url, showing(token()));
    const link = /href="([^"]+account=other)"/.exec(answer.text)?.[1] ?? '';
    const form = await open(client, new URL(link, server.url).href);
    expect([form.status, asks(form), hasForm(form)]).toEqual([200, undefined, true]);
    const there = await client.submit(form, { j_username: 'andy', j_password: 'andy-Fallback-4410' });
    expect(JSON.parse(there.text).headers['x-remote-user']).toBe('andy');
  });

  it('sees the form first where that is listed first, with a link to the desktop', async () => {
    const { first } = await probed(createHttpClient(), 'form-first');
    expect([first.status, asks(first), hasForm(first)]).toEqual([200, undefined, true]);
    expect(first.text).toContain('Use the account of this desktop');
  });

  it('is told that there is no form where there is none', async () => {
    const { client, first } = await probed(createHttpClient(), 'only');
    expect([first.status, hasForm(first)]).toEqual([401, false]);
    expect(first.text).toContain('Only the account of your desktop is taken here');
    const refused = await client.send(first.url, showing(Buffer.from('NTLMSSP\0x')));
    expect([refused.status, asks(refused)]).toEqual([403, undefined]);
  });
});

describe('a client that must not be asked', () => {
  it.each(['outside', 'named'])('sees the form of %s and no challenge, as a browser', async (name) => {
    const { first } = await probed(createHttpClient(), name);
    expect([first.status, asks(first), hasForm(first)]).toEqual([200, undefined, true]);
    expect(first.text).not.toContain('Use the account of this desktop');
  });

  it('is led to the form as a program', async () => {
    const answer = await createHttpClient().send(page('outside'));
    expect([answer.status, asks(answer)]).toEqual([303, undefined]);
  });

  it('is not asked at the path of the probe either', async () => {
    const { client, first } = await probed(createHttpClient(), 'outside');
    const answer = await open(client, first.url.replace('/login/', '/spnego/'));
    expect([answer.status, asks(answer), hasForm(answer)]).toEqual([200, undefined, true]);
  });

  it('is let in all the same with a ticket that it sends unasked', async () => {
    const answer = await createHttpClient().send(page('outside'), showing(token()));
    expect(answer.status).toBe(200);
  });
});

describe('what is refused', () => {
  const wrong: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['an NTLM token', Buffer.from('NTLMSSP\0\x01\0\0\0'), /no ticket for this server/],
    ['no token', new Uint8Array(), /no ticket for this server/],
    ['SPNEGO without Kerberos', spnegoInit({ mechanisms: [mechanisms.ntlm] }), /no ticket for this server/],
    ['random bytes', randomBytes(300), /cannot be read/],
    ['a broken ticket', token().subarray(0, 200), /cannot be read/],
    ['48 KiB of nothing', Buffer.alloc(48 * 1024, 0x60), /cannot be read/],
    ['a clock that is wrong', token({ authenticatorAheadMs: 600_000 }), /clock of your computer/],
    ['a ticket that has ended', token({ endsInMs: -600_000 }), /has run out/],
    ['another key', token({ serviceKey: randomBytes(32) }), /cannot read the ticket/],
    ['another version of the key', token({ kvno: 9, serviceKey: randomBytes(32) }), /cannot read the ticket/],
    ['another service', token({ service: 'HTTP/elsewhere@EXAMPLE.COM', serviceKey: randomBytes(32) }), /cannot read/],
    ['another realm', token({ client: 'jane@FOREIGN.EXAMPLE' }), /not accepted here/],
  ];

  it.each(wrong)(
    '%s leads to the form, with a note and a decision and without a second challenge',
    async (_, bytes, note) => {
      const { client, first } = await probed();
      const answer = await client.send(first.url, showing(bytes));
      expect([answer.status, asks(answer), hasForm(answer)]).toEqual([403, undefined, true]);
      expect(answer.text).toMatch(note);
      expect(answer.text).toMatch(/Decision \w{26}/);
    },
  );

  it('is also what is no base64, and says so', async () => {
    const { client, first } = await probed();
    const answer = await client.send(first.url, browser({ authorization: 'Negotiate ####' }));
    expect([answer.status, asks(answer), hasForm(answer)]).toEqual([400, undefined, true]);
  });

  it('keeps the name of a trusted realm apart from one of our own', async () => {
    const { client, first } = await probed();
    const answer = await client.send(first.url, showing(token({ client: 'jane@TRUSTED.EXAMPLE' })));
    expect(answer.text).toContain('Signed in as jane@TRUSTED.EXAMPLE');
  });
});

describe('an exchange of several legs', () => {
  const list = [mechanisms.ntlm, mechanisms.kerberos];
  const first = spnegoInit({ mechanisms: list, token: Buffer.from('NTLMSSP\0…') });
  function second(): Uint8Array {
    const { message, sessionKey } = ticket({ sequenceNumber: 4711 });
    const mic = messageCheck(mechanismListOf(list), sessionKey, {
      ...{ usage: keyUsages.initiatorSign, sentByAcceptor: false, acceptorSubkey: false, sequenceNumber: 4711 },
    });
    const fields = [undefined, undefined, octetString(bareToken(message)), octetString(mic)];
    return contextExplicit(1, writeFields(fields));
  }

  it('goes on under one pending login, whatever connection the legs come by', async () => {
    const { client, first: asked } = await probed();
    const between = await client.send(asked.url, showing(first));
    expect([between.status, String(asks(between)), hasForm(between)]).toEqual([
      401,
      expect.stringMatching(/^Negotiate o/),
      true,
    ]);
    const done = await client.send(asked.url, showing(second()));
    expect([done.status, done.text.includes('Signed in as jane')]).toEqual([200, true]);
  });

  it('is lost under another pending login', async () => {
    const { client, first: asked } = await probed();
    await client.send(asked.url, showing(first));
    const { client: other, first: elsewhere } = await probed();
    const answer = await other.send(elsewhere.url, showing(second()));
    expect([answer.status, asks(answer)]).toEqual([403, undefined]);
  });

  it('cannot be gone on with by another browser', async () => {
    const { client, first: asked } = await probed();
    await client.send(asked.url, showing(first));
    expect((await createHttpClient().send(asked.url, showing(second()))).status).toBe(403);
  });

  it('is not begun at the address of an application, which has no pending login', async () => {
    const answer = await createHttpClient().send(page('only'), showing(first));
    expect([answer.status, asks(answer)]).toEqual([403, undefined]);
  });
});

describe('a program', () => {
  it('is asked at the address itself, and told where the form is', async () => {
    const answer = await createHttpClient().send(page('inside'));
    expect([answer.status, asks(answer)]).toEqual([401, 'Negotiate']);
    expect(answer.text).toMatch(/href="\/login\//);
  });

  it('is let in by a ticket, without a session', async () => {
    const client = createHttpClient();
    const answer = await client.send(page('inside'), {
      headers: { authorization: `Negotiate ${token().toString('base64')}` },
    });
    expect([answer.status, JSON.parse(answer.text).headers['x-remote-user'], answer.setCookies]).toEqual([
      200,
      'jane',
      [],
    ]);
    expect(JSON.parse(answer.text).headers).not.toHaveProperty('authorization');
  });

  it('gets the cookie of no probe passed on to the application', async () => {
    const { client, first } = await probed();
    await client.send(first.url, showing(token()));
    const cookie = { cookie: 'GATEHOUSEPROBE=asked; own=1', authorization: `Negotiate ${token().toString('base64')}` };
    const answer = await createHttpClient().send(page('inside'), { headers: cookie });
    expect(JSON.parse(answer.text).headers.cookie).toBe('own=1');
  });
});
