/** @module Wrapped AuthnRequests before the endpoint: refused with 4xx, one audit record, no session, nothing sent anywhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorsLogged, expectRefused, sessionsBegun } from '../../support/bad-input.ts';
import { type Gatehouse, startGatehouse } from '../../support/gatehouse-process.ts';
import { exchange } from '../../support/http-client.ts';
import { makeKeyPair } from '../../support/key-pairs.ts';
import { wrappedRequests } from '../../support/saml-corpus/request-wrapping.ts';
import {
  authnRequest,
  encoded,
  metadataOf,
  newRequestId,
  serviceProvider,
  signedByXmlsec,
  ssoUrlOf,
} from '../../support/service-provider.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const names = wrappedRequests('', { acsUrl: '', id: '' }).map(([name]) => name);
let folder: TempFolder;
let gatehouse: Gatehouse;
let forms: ReadonlyMap<string, string>;
let original: string;

beforeAll(async () => {
  folder = await makeTempFolder('wrapping');
  const keys = await makeKeyPair(folder.path, 'partner');
  const sp = serviceProvider('signing', keys);
  const partners = [{ file: 'sp.xml', metadata: metadataOf(sp, { signsRequests: true }) }];
  gatehouse = await startGatehouse({ content: { partners } });
  const id = newRequestId();
  const attributes = ` AssertionConsumerServiceURL="${sp.acsUrl}"`;
  const unsigned = authnRequest(sp, gatehouse.publicUrl, { id, attributes, signed: true });
  original = (await signedByXmlsec(unsigned, keys, folder.path)).replace(/^<\?xml[^>]*\?>\s*/, '').trim();
  forms = new Map(wrappedRequests(original, { acsUrl: sp.acsUrl, id }));
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const post = (xml: string) =>
  exchange(ssoUrlOf(gatehouse.publicUrl), { method: 'POST', form: { SAMLRequest: encoded(xml) } });

describe('signature wrapping', () => {
  test('leaves the untouched request good, so that the forms fail for their own reason', async () => {
    expect((await post(original)).status).toBe(303);
  });

  test.each(names)('is refused: %s', async (name) => {
    // Without a signature of its own the outer request is an unsigned one.
    const code = name.endsWith('as only child') ? 'ERR_SAML_SIGNATURE_REQUIRED' : 'ERR_XML_SIGNATURE';
    await expectRefused(gatehouse, { status: 403, code }, () => post(forms.get(name) ?? ''));
  });
});

test('nobody was signed in by any of them, and none was an error of ours', async () => {
  expect([await sessionsBegun(gatehouse), await errorsLogged(gatehouse)]).toEqual([0, []]);
});
