/** @module What two readers could read in two ways, messages that come again, and where a RelayState may lead: at the doors of a running server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, sessionsBegun } from '../../support/bad-input.ts';
import { exchange, type Reply } from '../../support/http-client.ts';
import { postedAnswer } from '../../support/saml-answer.ts';
import { type Door, doors, signedRedirect } from '../../support/saml-doors/door.ts';
import { evilState, type House, openHouse } from '../../support/saml-doors/house.ts';
import { signedIn } from '../../support/signed-in.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.gatehouse.stop());

const named = (text: string) =>
  `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${text}</saml:NameID>`;
const count = async (wanted: string) => (await house.gatehouse.audit()).filter(({ type }) => type === wanted).length;
const lives = async () => (await house.eric.open(house.gatehouse.publicUrl)).text.includes('Signed in as eric');
const at = (kind: Door['kind']) =>
  doors.filter((door) => door.kind === kind).map((door) => [door.binding, door] as const);

describe.each(at('LogoutRequest'))('by %s', (_binding, door) => {
  test.each([
    ['a comment behind the name', 'eric<!-- -->.evil'],
    ['a CDATA section behind the name', 'eric<![CDATA[.evil]]>'],
    ['a comment in front of the name', '<!-- -->x.eric'],
    ['blanks around the name', ' eric '],
    ['another case of the name', 'ERIC'],
    ['a letter that looks like the one of the name', '\u0435ric'],
    ['a combining mark', 'eri\u0107'],
  ])('%s names somebody else, and ends nothing', async (_what, text) => {
    const forge = house.forgeAt(door.kind, door.binding);
    const message = await forge.honest({ content: named(text) });
    const reply = await house.deliver(forge, forge.document(message));
    expect(reply.status).toBe(door.binding === 'redirect' || door.binding === 'post' ? 303 : 200);
    expect([await lives(), (await house.gatehouse.audit()).at(-1)?.reason]).toEqual([true, 'unknown-session']);
  });

  test('a session index of somebody else ends nothing', async () => {
    const forge = house.forgeAt(door.kind, door.binding);
    const content = `${named('eric')}<samlp:SessionIndex>_other</samlp:SessionIndex>`;
    await house.deliver(forge, forge.document(await forge.honest({ content })));
    expect(await lives()).toBe(true);
  });

  test("the neighbour's request with the name that this partner knows ends nothing", async () => {
    const forge = house.forgeAt(door.kind, door.binding);
    const plain = forge.plain({ issuer: 'https://neighbour.invalid/metadata' });
    const { sp } = house.workshop;
    if (door.binding === 'redirect') {
      await exchange(`${house.gatehouse.publicUrl}${door.path}?${signedRedirect(forge, plain, { key: sp })}`);
    } else await house.deliver(forge, forge.document(await forge.signed(plain, sp)));
    expect([await lives(), (await house.gatehouse.audit()).at(-1)?.reason]).toEqual([true, 'unknown-session']);
  });
});

describe('a message that comes fifty times at once counts once', () => {
  const fifty = <T>(make: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => make(index)));
  const refusals = (replies: readonly Reply[]) =>
    replies.filter(({ status, text }) => status === 400 && text.includes('ERR_SAML_REPLAYED'));
  const replayed = async () =>
    (await house.gatehouse.audit()).filter(({ reason }) => reason === 'ERR_SAML_REPLAYED').length;

  test.each(at('AuthnRequest'))('AuthnRequest by %s', async (_binding, door) => {
    const forge = house.forgeAt(door.kind, door.binding);
    const message = await forge.honest();
    const before = [await count('saml-response-issued'), await replayed()] as const;
    const url = `${house.gatehouse.publicUrl}${door.path}`;
    const form = { SAMLRequest: Buffer.from(message).toString('base64') };
    const replies = await fifty(() =>
      door.binding === 'redirect'
        ? house.eric.open(`${url}?${signedRedirect(forge, message)}`)
        : house.eric.open(url, { method: 'POST', form }),
    );
    expect(replies.filter(({ status, text }) => status === 200 && text.includes('name="SAMLResponse"'))).toHaveLength(
      1,
    );
    expect(refusals(replies)).toHaveLength(49);
    expect([await count('saml-response-issued'), await replayed()]).toEqual([before[0] + 1, before[1] + 49]);
  });

  test.each(at('LogoutRequest'))('LogoutRequest by %s', async (_binding, door) => {
    const alan = await signedIn(house.gatehouse.publicUrl, 'alan');
    await house.signOn(alan);
    const forge = house.forgeAt(door.kind, door.binding);
    const document = forge.document(await forge.honest({ content: named('alan') }));
    const before = [await count('session-ended'), await replayed()] as const;
    const replies = await fifty(() => house.deliver(forge, document));
    expect(refusals(replies)).toHaveLength(49);
    expect([await count('session-ended'), await replayed()]).toEqual([before[0] + 1, before[1] + 49]);
    expect((await alan.open(house.gatehouse.publicUrl)).text).not.toContain('Signed in as alan');
  });

  test.each(at('LogoutResponse'))('LogoutResponse by %s', async (_binding, door) => {
    const target = { ...house.target, inResponseTo: await house.waitingRequest() };
    const forge = house.forgeAt(door.kind, door.binding, target);
    const document = await forge.honest();
    const before = [await count('logout-participant'), await replayed()] as const;
    const replies = await fifty(() => house.deliver(forge, document));
    expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(refusals(replies)).toHaveLength(49);
    expect([await count('logout-participant'), await replayed()]).toEqual([before[0] + 1, before[1] + 49]);
  });

  test('ArtifactResolve, and fifty different ones for one artifact', async () => {
    const artifact = await house.newArtifact();
    const forge = house.forgeAt('ArtifactResolve', 'soap', { ...house.target, artifact });
    const same = forge.document(await forge.honest());
    const different = await fifty(async () => forge.document(await forge.honest()));
    const replies = await Promise.all(
      [...(await fifty(async () => same)), ...different].map((document) => house.deliver(forge, document)),
    );
    expect(refusals(replies)).toHaveLength(49);
    expect(replies.filter(({ text }) => text.includes('<samlp:Response'))).toHaveLength(1);
  });
});

describe('a RelayState', () => {
  const states = [
    evilState,
    '//evil.invalid',
    'javascript:alert(1)',
    '\\\\evil.invalid',
    '"><script>alert(1)</script>',
    'a\r\nSet-Cookie: x=y',
  ];

  test.each(states.flatMap((state) => at('AuthnRequest').map(([binding, door]) => [state, binding, door] as const)))(
    '%j goes back to the partner by %s, and nowhere else',
    async (state, _binding, door) => {
      const forge = house.forgeAt(door.kind, door.binding);
      const message = await forge.honest();
      const url = `${house.gatehouse.publicUrl}${door.path}`;
      const form = { SAMLRequest: Buffer.from(message).toString('base64'), RelayState: state };
      const reply = await (door.binding === 'redirect'
        ? house.eric.open(`${url}?${signedRedirect(forge, message, { relayState: state })}`)
        : house.eric.open(url, { method: 'POST', form }));
      expect(postedAnswer(reply)).toMatchObject({ acsUrl: 'https://signing.invalid/acs', relayState: state });
      expect(reply.text).not.toContain('<script>alert');
    },
  );

  test.each(states)('%j at the start of a sign-on here goes to the partner, and nowhere else', async (state) => {
    const sp = encodeURIComponent(house.target.partner);
    const reply = await house.eric.open(
      `${house.gatehouse.publicUrl}/saml/idp/start?sp=${sp}&RelayState=${encodeURIComponent(state)}`,
    );
    expect(postedAnswer(reply)).toMatchObject({ acsUrl: 'https://signing.invalid/acs', relayState: state });
  });

  test.each(states)('%j of a logout goes back to the partner, and nowhere else', async (state) => {
    const forge = house.forgeAt('LogoutRequest', 'redirect');
    const message = forge.plain({ content: named('nobody') });
    const reply = await exchange(
      `${house.gatehouse.publicUrl}${forge.door.path}?${signedRedirect(forge, message, { relayState: state })}`,
    );
    const to = new URL(reply.headers.location ?? '');
    expect([to.origin, to.pathname, to.searchParams.get('RelayState')]).toEqual([
      'https://signing.invalid',
      '/slo',
      state,
    ]);
    expect(reply.setCookies).toEqual([]);
  });

  test('of an answer to a logout leads nowhere', async () => {
    const forge = house.forgeAt('LogoutResponse', 'redirect');
    const reply = await house.deliver(forge, forge.plain());
    expect(reply.headers.location).toMatch(/^\/logout\/[\w-]+$/);
  });
});

describe('the ways in which a query may be written', () => {
  const passes = async (query: string) =>
    (await exchange(`${house.gatehouse.publicUrl}/saml/idp/sso?${query}`)).headers.location?.startsWith('/login/');
  const right = (encode?: (value: string) => string) => {
    const forge = house.forgeAt('AuthnRequest', 'redirect');
    return signedRedirect(forge, forge.plain(), { relayState: 'a b/c', ...(encode && { encode }) });
  };

  test('escapes in lower case pass when they were signed so (saml-bindings §3.4.4.1)', async () => {
    const encode = (value: string) =>
      encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase());
    expect(await passes(right(encode))).toBe(true);
  });

  test('parameters in another order, and ones that nobody knows, pass: the signature has its own order', async () => {
    const reversed = right().split('&').reverse().join('&');
    expect([await passes(reversed), await passes(`x=y&${right()}&z`)]).toEqual([true, true]);
  });
});

test('session fixation: an identifier from elsewhere is never taken over', async () => {
  const { publicUrl } = house.gatehouse;
  const planted = 'A'.repeat(43);
  const browser = await signedIn(publicUrl, 'brian');
  const mine = browser.cookie('localhost', 'GATEHOUSESSO');
  expect([mine === undefined, mine === planted]).toEqual([false, false]);
  const begun = await sessionsBegun(house.gatehouse);
  browser.setCookie('localhost', 'GATEHOUSESSO', planted);
  const page = await browser.open(publicUrl);
  const done = await browser.submit(page, { j_username: 'amar', j_password: 'lantern-Fjord-28' });
  expect(done.text).toContain('Signed in as amar');
  expect(browser.cookie('localhost', 'GATEHOUSESSO')).not.toBe(planted);
  expect(await sessionsBegun(house.gatehouse)).toBe(begun + 1);
});

test('an answer about a partner that was asked for nothing is told to nobody, and none of it was an error of ours', async () => {
  const forge = house.forgeAt('LogoutResponse', 'post', { ...house.target, inResponseTo: '_nobody-asked' });
  const reply = await house.deliver(forge, await forge.honest());
  expect([reply.status, reply.text.includes('ERR_SAML_REPLAYED')]).toEqual([400, true]);
  expect(await errorsLogged(house.gatehouse)).toEqual([]);
});
