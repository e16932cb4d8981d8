/** @module OCSP answers of `openssl ocsp`: who may give one, about whom, and for how long. */
import { describe, expect, it } from 'vitest';
import {
  alice,
  bob,
  checked,
  expired,
  foreign,
  made,
  middle,
  plain,
  responder,
  root,
  store,
  unknown,
} from './ocsp-fixture.ts';

describe('an answer', () => {
  it('of a responder that the issuer has authorised lets in who is good', async () => {
    expect(await (await store())()).toEqual({ status: 'trusted' });
  });

  it('refuses who is revoked', async () => {
    expect(await (await store())(bob)).toMatchObject({ status: 'refused', reason: 'revoked' });
  });

  it('that knows nothing refuses, in soft-fail too', async () => {
    responder.state.rows = [];
    expect(await (await store({ mode: 'soft-fail' }))()).toEqual(unknown('does not know'));
  });

  it('may be signed by the issuer itself', async () => {
    responder.state.signer = middle;
    expect(await (await store())()).toEqual({ status: 'trusted' });
  });

  it('may name its signer by the key', async () => {
    responder.state.arguments = ['-nmin', '60', '-resp_key_id'];
    expect(await (await store())()).toEqual({ status: 'trusted' });
  });

  it.each([
    ['an ordinary certificate of the same issuer', () => plain],
    ['a responder of another authority', () => foreign],
    ['a responder whose certificate has expired', () => expired],
    ['the authority above', () => root],
  ])('signed by %s is believed by nobody, in soft-fail either', async (_who, signer) => {
    responder.state.signer = signer();
    expect(await (await store({ mode: 'soft-fail' }))()).toEqual(unknown('signed by nobody'));
  });

  it('of a responder that is configured is believed whatever its certificate is for', async () => {
    responder.state.signer = plain;
    expect(await (await store({ responderCertificate: 'plain.pem' }))()).toEqual({ status: 'trusted' });
  });

  it('of a responder on a revocation list is not believed', async () => {
    responder.state.signer = checked;
    const list = { 'list.pem': made.revocationList(middle, [checked]) };
    expect(await (await store({}, { crl: ['list.pem'] }, list))()).toEqual(unknown('signed by nobody'));
    expect(await (await store())()).toEqual({ status: 'trusted' });
  });

  it('about somebody else is none', async () => {
    const [ask, other] = [await store({ nonce: 'off' }), await store({ nonce: 'off' })];
    await other(alice);
    const { body } = responder.requests[0]!;
    responder.state.rewrite = () => body;
    expect(await ask(bob)).toEqual(unknown('another certificate'));
  });

  it('with the nonce of another request is refused', async () => {
    await (await store())();
    const { body } = responder.requests[0]!;
    responder.state.rewrite = () => body;
    // The fake generator gives every store the same first number: only the second one differs.
    const ask = await store();
    await ask(bob);
    expect(await ask(alice)).toEqual(unknown('another nonce'));
  });

  it('without a nonce is refused where one is required', async () => {
    await (await store({ nonce: 'off' }))();
    const { body } = responder.requests[0]!;
    responder.state.rewrite = () => body;
    expect(await (await store({ nonce: 'required' }))()).toEqual(unknown('no nonce'));
    expect(await (await store({ nonce: 'optional' }))()).toEqual({ status: 'trusted' });
  });

  it('is out of date after its next update, and from the future before its time', async () => {
    const hour = 3_600_000;
    const late = await store({}, {}, {}, () => Date.now() + 2 * hour);
    const early = await store({}, {}, {}, () => Date.now() - hour);
    expect(await late()).toEqual(unknown('out of date'));
    expect(await early()).toEqual(unknown('from the future'));
  });

  it('without a next update holds for the configured age', async () => {
    responder.state.arguments = [];
    const at = () => Date.now() + 2 * 3_600_000;
    expect(await (await store())()).toEqual({ status: 'trusted' });
    expect(await (await store({}, {}, {}, at))()).toEqual(unknown('out of date'));
    expect(await (await store({ maxAgeMs: 3 * 3_600_000 }, {}, {}, at))()).toEqual({ status: 'trusted' });
  });

  it.each([
    ['damaged bytes', new Uint8Array([0x30, 0x03, 1, 2, 3])],
    ['nothing', new Uint8Array()],
    ['the words tryLater', new Uint8Array([0x30, 0x03, 0x0a, 0x01, 0x03])],
  ])('of %s refuses', async (_what, body) => {
    responder.state.answer = { body };
    expect(await (await store())()).toMatchObject({ status: 'refused', reason: 'revocation-unknown' });
  });
});
