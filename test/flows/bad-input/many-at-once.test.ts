import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorsLogged } from '../../support/bad-input.ts';
import { passwords } from '../../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { formOf } from '../../support/html-page.ts';
import { createHttpClient, exchange, type Reply } from '../../support/http-client.ts';
import { signedIn, signInPath } from '../../support/signed-in.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';

let gatehouse: Gatehouse;
beforeEach(async () => {
  gatehouse = await startGatehouse({ content: {} });
});
afterEach(() => gatehouse?.stop());

const right = { j_username: 'eric', j_password: passwords.eric };

/** `total` requests, never more than `atOnce` of them under way. */
async function inTurns(total: number, atOnce: number, send: () => Promise<Reply>): Promise<readonly Reply[]> {
  const replies: Reply[] = [];
  let begun = 0;
  const worker = async () => {
    while (begun < total) {
      begun += 1;
      replies.push(await send());
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return replies;
}

async function expectWell(): Promise<void> {
  expect(gatehouse.program.hasExited()).toBe(false);
  expect(await gatehouse.health('ready')).toBe(200);
  await signedIn(gatehouse.publicUrl);
  expect(await errorsLogged(gatehouse)).toEqual([]);
}

describe('what nobody has signed in for', () => {
  test('is not stored: 3,000 sign-in pages leave no trace, and one that was begun before them still works', async () => {
    const person = createHttpClient();
    const form = await person.open(gatehouse.publicUrl);
    const before = await gatehouse.audit();
    const replies = await inTurns(3_000, 25, () => exchange(gatehouse.publicUrl));
    expect(replies.filter(({ status }) => status !== 303)).toEqual([]);
    expect(replies.filter(({ headers }) => !signInPath.test(headers.location ?? ''))).toEqual([]);
    expect(await gatehouse.audit()).toEqual(before);
    expect((await person.submit(form, right)).status).toBe(200);
    await expectWell();
  });

  test('is not stored: a sign-in page outlives the process that showed it', async () => {
    await using folder = await makeTempFolder('restarted');
    const home = join(folder.path, 'home');
    const person = createHttpClient();
    const first = await startGatehouse({ home, content: {} });
    const form = await person.open(first.publicUrl);
    await first.stop();
    await using second = await startGatehouse({ home, portOffset: first.portOffset });
    expect((await person.submit(form, right)).text).toContain('Signed in as eric');
    expect(await errorsLogged(second)).toEqual([]);
  });
});

test('200 addresses with a broken escape at once are each refused, and the process lives on', async () => {
  const replies = await Promise.all(
    Array.from({ length: 200 }, () => exchange(gatehouse.publicUrl, { rawPath: '/%zz' })),
  );
  expect(replies.filter(({ status, text }) => status === 400 && text.includes('ERR_REQUEST_MALFORMED'))).toHaveLength(
    200,
  );
  const audited = (await gatehouse.audit()).filter(({ reason }) => reason === 'ERR_REQUEST_MALFORMED');
  expect(audited).toHaveLength(200);
  await expectWell();
});

test('40 wrong passwords at once are each refused, and the right one then works in the same form', async () => {
  const person = createHttpClient();
  const form = await person.open(gatehouse.publicUrl);
  const wrong = { ...formOf(form.text).fields, ...right, j_password: 'wrong' };
  const replies = await Promise.all(
    Array.from({ length: 40 }, () => person.send(form.url, { method: 'POST', form: wrong })),
  );
  expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 403));
  expect((await person.submit(form, right)).status).toBe(200);
  await expectWell();
});
