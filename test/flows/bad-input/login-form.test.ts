import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, type Refusal, sessionsBegun } from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { decisionOf, formOf } from '../../support/html-page.ts';
import { createHttpClient, type HttpClient, type Reply } from '../../support/http-client.ts';

const malformed: Refusal = { status: 400, code: 'ERR_REQUEST_MALFORMED' };
const forged: Refusal = { status: 403, code: 'ERR_REQUEST_FORGED' };

let gatehouse: Gatehouse;
let client: HttpClient;
let page: Reply;

beforeAll(async () => {
  gatehouse = await startGatehouse({ content: {} });
  client = createHttpClient();
  page = await client.open(gatehouse.publicUrl);
});
afterAll(() => gatehouse?.stop());

const right = { j_username: 'eric', j_password: passwords.eric };
const csrf = () => formOf(page.text).fields['csrf'] ?? '';
const post = (form: Parameters<HttpClient['send']>[1]) => client.send(page.url, { method: 'POST', ...form });

describe('the token of the form', () => {
  test.each<readonly [string, () => Record<string, string>, Refusal]>([
    ['that is missing', () => ({ ...right }), malformed],
    ['that is empty', () => ({ ...right, csrf: '' }), forged],
    ['that is somebody’s guess', () => ({ ...right, csrf: 'A'.repeat(43) }), forged],
    ['that is far too long', () => ({ ...right, csrf: 'A'.repeat(10_000) }), forged],
    ['that is cut short', () => ({ ...right, csrf: csrf().slice(0, -1) }), forged],
  ])('%s: no login', async (_name, form, refusal) => {
    await expectRefused(gatehouse, refusal, () => post({ form: form() }));
  });

  test('that comes twice: no login', async () => {
    const twice = [...Object.entries(right), ['csrf', csrf()], ['csrf', csrf()]] as const;
    await expectRefused(gatehouse, malformed, () =>
      post({ form: twice.map(([name, value]) => [name, value] as const) }),
    );
  });

  test('of another browser: no login', async () => {
    const other = createHttpClient();
    await other.open(gatehouse.publicUrl);
    await expectRefused(gatehouse, forged, () =>
      other.send(page.url, { method: 'POST', form: { ...right, csrf: csrf() } }),
    );
  });

  test('in a browser without any cookie: no login', async () => {
    await expectRefused(gatehouse, forged, () =>
      createHttpClient().send(page.url, { method: 'POST', form: { ...right, csrf: csrf() } }),
    );
  });

  test('of another sign-in page of the same browser: no login', async () => {
    const other = await client.open(gatehouse.publicUrl);
    expect(other.url).not.toBe(page.url);
    await expectRefused(gatehouse, forged, () =>
      post({ form: { ...right, csrf: formOf(other.text).fields['csrf'] ?? '' } }),
    );
  });
});

describe('a login page that is not there', () => {
  test.each(['A'.repeat(43), 'short', 'a'.repeat(200), '%00', '%F0%9F%98%80', '..%2f..%2flogout'])(
    '%s: is over',
    async (id) => {
      await expectRefused(gatehouse, { status: 410, code: 'ERR_LOGIN_EXPIRED' }, () =>
        client.send(`${gatehouse.publicUrl}/login/${id}`),
      );
    },
  );

  describe('any more, because somebody signed in there', () => {
    const used = createHttpClient();
    let form: Reply;
    let keyBefore: string;
    const again = () => used.send(form.url, { method: 'POST', form: { ...formOf(form.text).fields, ...right } });

    beforeAll(async () => {
      form = await used.open(gatehouse.publicUrl);
      keyBefore = used.cookie('localhost', 'GATEHOUSEBROWSER') ?? '';
      const posted = await again();
      expect(posted.setCookies.map((line) => line.split('=', 1)[0]).toSorted()).toEqual([
        'GATEHOUSEBROWSER',
        'GATEHOUSESSO',
      ]);
    });

    test('is forged to the browser, whose key is a new one', async () => {
      expect(used.cookie('localhost', 'GATEHOUSEBROWSER')).not.toBe(keyBefore);
      await expectRefused(gatehouse, forged, again);
    });

    test('is claimed to whoever kept the old key', async () => {
      used.setCookie('localhost', 'GATEHOUSEBROWSER', keyBefore);
      const before = await sessionsBegun(gatehouse);
      const reply = await again();
      expect(reply.status).toBe(409);
      expect(reply.text).toContain('ERR_LOGIN_CLAIMED');
      expect(reply.setCookies).toEqual([]);
      expect(await sessionsBegun(gatehouse)).toBe(before);
    });
  });
});

describe('fields', () => {
  const refusedForm = async (form: readonly (readonly [string, string])[]) => {
    const before = (await gatehouse.audit()).length;
    const reply = await post({ form: [['csrf', csrf()], ...form] });
    expect(reply.status).toBe(400);
    expect(formOf(reply.text).fields).toHaveProperty('j_username');
    const added = (await gatehouse.audit()).slice(before);
    expect(added.map(({ id, type }) => ({ id, type }))).toEqual([
      { id: decisionOf(reply.text), type: 'request-refused' },
    ]);
    expect(client.cookie('localhost', 'GATEHOUSESSO')).toBeUndefined();
  };

  test.each<readonly [string, readonly (readonly [string, string])[]]>([
    ['a name alone', [['j_username', 'eric']]],
    ['a password alone', [['j_password', passwords.eric]]],
    [
      'two names',
      [
        ['j_username', 'eric'],
        ['j_username', 'amar'],
        ['j_password', passwords.eric],
      ],
    ],
    [
      'two passwords',
      [
        ['j_username', 'eric'],
        ['j_password', 'x'],
        ['j_password', passwords.eric],
      ],
    ],
    [
      'a name of 1025 characters',
      [
        ['j_username', 'x'.repeat(1025)],
        ['j_password', 'x'],
      ],
    ],
    [
      'a password of 4097 characters',
      [
        ['j_username', 'eric'],
        ['j_password', 'x'.repeat(4097)],
      ],
    ],
  ])('%s: the form again, and nobody is asked', (_name, form) => refusedForm(form));

  test('named like parts of every object are nothing special', async () => {
    await expectRefused(gatehouse, malformed, () =>
      post({ form: { __proto__x: '1', constructor: 'x', toString: 'x', ...right } }),
    );
  });
});

describe('a name with what does not belong in one', () => {
  const names: readonly (readonly [string, string])[] = [
    ['a line break and a header', 'eric\r\nSet-Cookie: GATEHOUSESSO=evil'],
    ['a line feed and an audit record', 'eric\n{"type":"session-begun"}'],
    ['a NUL', 'eric\0'],
    ['a terminal escape', '\u001b[2Jeric'],
    ['a line separator', 'eric\u2028amar'],
    ['letters that turn the order of what is shown', '\u202ecire'],
    ['markup', '"><script>alert(1)</script>'],
    ['half a character', 'eric\ud800'],
    ['a path', '../../etc/passwd'],
    ['the name of every object’s parent', '__proto__'],
  ];

  test.each(names)('%s: is refused like any other, in one line of the audit log', async (_what, name) => {
    const before = await readFile(join(gatehouse.home, 'log', 'audit.jsonl'), 'utf8');
    const reply = await post({ form: { csrf: csrf(), j_username: name, j_password: 'x' } });
    expect(reply.status).toBe(403);
    expect(reply.setCookies.filter((line) => line.startsWith('GATEHOUSESSO'))).toEqual([]);
    expect(reply.text).not.toContain('<script>alert');
    const added = (await readFile(join(gatehouse.home, 'log', 'audit.jsonl'), 'utf8')).slice(before.length);
    // One line, whatever counts as the end of one.
    expect(added.trimEnd()).not.toMatch(/[\r\n\u0085\u2028\u2029\0]/);
    expect(JSON.parse(added)).toMatchObject({ type: 'login', outcome: 'failure', decision: decisionOf(reply.text) });
    const explained = await gatehouse.explain(decisionOf(reply.text) ?? '');
    expect(explained.code).toBe(0);
    expect(explained.stdout).not.toContain('\u001b');
  });
});

describe('several posts of one login at once', () => {
  test('make one session, and the others are told so', async () => {
    const person = createHttpClient();
    const form = await person.open(gatehouse.publicUrl);
    const fields = { ...formOf(form.text).fields, ...right };
    const before = await sessionsBegun(gatehouse);
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => person.send(form.url, { method: 'POST', form: fields })),
    );
    expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(replies.filter(({ status, text }) => status === 409 && text.includes('ERR_LOGIN_CLAIMED'))).toHaveLength(7);
    expect(
      replies.filter(({ setCookies }) => setCookies.some((line) => line.startsWith('GATEHOUSESSO='))),
    ).toHaveLength(1);
    expect(await sessionsBegun(gatehouse)).toBe(before + 1);
  });

  test('wrong ones among them do not use the login up', async () => {
    const person = createHttpClient();
    const form = await person.open(gatehouse.publicUrl);
    const fields = { ...formOf(form.text).fields, ...right, j_password: 'wrong' };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => person.send(form.url, { method: 'POST', form: fields })),
    );
    expect(replies.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await person.submit(form, right)).status).toBe(200);
  });
});

test('none of it was an error of ours', async () => {
  expect(await errorsLogged(gatehouse)).toEqual([]);
});
