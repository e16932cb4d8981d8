/** @module Partners with algorithms and keys of their own: what each gets is verified by xmlsec1 with the certificate that our metadata names. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHome } from '../support/gatehouse-home.ts';
import { type Gatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { createHttpClient, exchange } from '../support/http-client.ts';
import { makeKeyPair } from '../support/key-pairs.ts';
import { postedAnswer, statusOf } from '../support/saml-answer.ts';
import { createSamlJudges, type SamlJudges } from '../support/saml-judges.ts';
import { authnRequest, metadataOf, redirectUrl, serviceProvider } from '../support/service-provider.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder, type TempFolder } from '../support/temp-folder.ts';

const own = { key: 'data/keys/elliptic.key', certificate: 'data/keys/elliptic.crt' };
const partners = {
  plain: {},
  long: { signing: { algorithm: 'rsa-sha512' } },
  elliptic: { signing: { ...own, algorithm: 'ecdsa-sha256' } },
  padded: { signing: { algorithm: 'rsa-pss-sha256' } },
} as const;
type Name = keyof typeof partners;
const uris: Readonly<Record<Name, string>> = {
  plain: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  long: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  elliptic: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  padded: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
};

let folder: TempFolder;
let judges: SamlJudges;
let gatehouse: Gatehouse;

beforeAll(async () => {
  folder = await makeTempFolder('algorithms');
  judges = await createSamlJudges(folder.path);
  const home = join(folder.path, 'var');
  const files = Object.entries(partners).map(([name, settings]) => ({
    file: `${name}.xml`,
    metadata: metadataOf(serviceProvider(name)),
    settings,
  }));
  await writeHome(home, { partners: files });
  await makeKeyPair(join(home, 'data/keys'), 'elliptic', { type: 'ec' });
  gatehouse = await startGatehouse({ home });
});
afterAll(async () => {
  await gatehouse?.stop();
  await folder?.remove();
});

const url = (name: Name, attributes = '') =>
  redirectUrl(gatehouse.publicUrl, authnRequest(serviceProvider(name), gatehouse.publicUrl, { attributes }));
const certificateOf = (name: Name) => ({
  certificatePath: join(gatehouse.home, 'data/keys', name === 'elliptic' ? 'elliptic.crt' : 'idp.crt'),
});

test.each(['plain', 'long', 'elliptic'] as const)(
  '%s: xmlsec1 verifies the assertion and the refusal',
  async (name) => {
    const person = await signedIn(gatehouse.publicUrl);
    const { xml } = postedAnswer(await person.open(url(name)));
    expect(xml).toContain(uris[name]);
    expect((await judges.signature(xml, 'Assertion', certificateOf(name))).output).toContain('OK');
    const refusal = postedAnswer(await createHttpClient().open(url(name, ' IsPassive="true"'))).xml;
    expect(statusOf(refusal)).toEqual(['Responder', 'NoPassive']);
    expect((await judges.signature(refusal, 'Response', certificateOf(name))).output).toContain('OK');
  },
);

test('padded: the assertion is signed with RSA-PSS, and valid', async () => {
  const { xml } = postedAnswer(await (await signedIn(gatehouse.publicUrl)).open(url('padded')));
  expect(xml).toContain(uris.padded);
  expect(await judges.schema(xml, 'protocol')).toMatchObject({ code: 0 });
});

test('the metadata names every certificate once in each role', async () => {
  const { text } = await exchange(`${gatehouse.publicUrl}/saml/idp/metadata`);
  const roles = text.split('<md:AttributeAuthorityDescriptor ');
  expect(roles.map((role) => role.match(/<md:KeyDescriptor use="signing">/g)?.length)).toEqual([2, 2]);
  expect(await judges.schema(text, 'metadata')).toMatchObject({ code: 0 });
});
