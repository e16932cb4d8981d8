/** @module Logouts with participants that do not behave, a server that is killed in the middle, and partners that ask for too much. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogoutRecord } from '../../src/spi/logout-ledger.ts';
import { buildLogoutRequest, parseLogoutRequest, signLogoutRequest } from '../../src/wire/saml/logout-request.ts';
import { parseLogoutResponse, signLogoutResponse } from '../../src/wire/saml/logout-response.ts';
import { readSoap, writeSoap } from '../../src/wire/saml/soap.ts';
import { parseXml } from '../../src/wire/xml/parse.ts';
import { writeHome } from '../support/gatehouse-home.ts';
import { type Gatehouse, runGatehouse, startGatehouse } from '../support/gatehouse-process.ts';
import { exchange, type HttpClient } from '../support/http-client.ts';
import { makeKeyPair, signerOf } from '../support/keys.ts';
import { poll } from '../support/poll.ts';
import { postedAnswer, textsOf } from '../support/saml-answer.ts';
import { signedIn } from '../support/signed-in.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { xmllintValidate, xmlsecVerify } from '../support/xml-judges.ts';

const pair = makeKeyPair('rsa');
const stranger = makeKeyPair('rsa');
const signer = signerOf(pair, 'rsa-sha256');

type Manner = 'confirms' | 'hangs' | 'talks-rubbish' | 'is-forged' | 'is-down' | 'redirects' | 'refuses';
const manners: Manner[] = ['confirms', 'hangs', 'talks-rubbish', 'is-forged', 'is-down', 'redirects', 'refuses'];
const entityIdOf = (manner: Manner) => `https://${manner}.invalid/metadata`;
/** How the participant behaves that first hangs. */
let whoHangs: Manner = 'hangs';
/** LogoutRequests as they came, by participant. */
const heard = new Map<string, string[]>();

async function answer(manner: Manner, body: string, reply: ServerResponse): Promise<void> {
  const said = readSoap(parseXml(body));
  if (said.kind === 'fault') throw new Error('a fault came');
  const request = parseLogoutRequest(said.element);
  const issuer = entityIdOf(manner);
  heard.set(manner, [
    ...(heard.get(manner) ?? []),
    body.replace(/^<soap:Envelope[^>]*><soap:Body>|<\/soap:Body><\/soap:Envelope>$/g, ''),
  ]);
  const input = {
    id: `_a${Date.now()}`,
    now: Date.now(),
    issuer,
    inResponseTo: request.id,
    status: 'Success',
  } as const;
  switch (manner === 'hangs' ? whoHangs : manner) {
    case 'confirms':
      reply.end(writeSoap(await signLogoutResponse(input, signer)));
      break;
    case 'refuses':
      reply.end(writeSoap(await signLogoutResponse({ ...input, status: 'UnknownPrincipal' }, signer)));
      break;
    case 'is-forged':
      reply.end(writeSoap(await signLogoutResponse(input, signerOf(stranger, 'rsa-sha256'))));
      break;
    case 'talks-rubbish':
      reply.end('<!doctype html><h1>Welcome</h1>');
      break;
    case 'redirects':
      reply.writeHead(302, { location: '/slo/confirms' }).end();
      break;
    default:
      break;
  }
}

const server = createServer((request, reply) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', async () => {
    const manner = manners.find((one) => request.url === `/slo/${one}`);
    if (manner !== undefined) await answer(manner, Buffer.concat(pieces).toString(), reply);
  });
});

let gatehouse: Gatehouse;
const folder = await makeTempFolder('logouts');
const home = `${folder.path}/var`;

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const key = `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${Buffer.from(pair.certificate).toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const metadata = (manner: Manner) =>
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityIdOf(manner)}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${key}<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="http://127.0.0.1:${manner === 'is-down' ? 1 : port}/slo/${manner}"/><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://${manner}.invalid/acs" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>`;
  const partners = manners.map((manner) => ({
    file: `${manner}.xml`,
    metadata: metadata(manner),
    settings: { name: manner },
  }));
  const logout = { 'answer-seconds': 2, 'give-up-seconds': 10 };
  await writeHome(home, { partners, configuration: { sessions: { logout } } });
  gatehouse = await startGatehouse({ home });
});
afterAll(async () => {
  await gatehouse?.stop();
  server.closeAllConnections();
  server.close();
  await folder.remove();
});

/** Signed in, and known to these partners; the answer of each. */
async function visited(...wanted: readonly Manner[]): Promise<{ client: HttpClient; responses: readonly string[] }> {
  const client = await signedIn(gatehouse.publicUrl);
  const responses: string[] = [];
  for (const manner of wanted) {
    const page = await client.open(
      `${gatehouse.publicUrl}/saml/idp/start?sp=${encodeURIComponent(entityIdOf(manner))}`,
    );
    responses.push(postedAnswer(page).xml);
  }
  return { client, responses };
}

async function records(): Promise<readonly LogoutRecord[]> {
  const listed = await runGatehouse(['logouts', 'list', '--home', home, '--json']);
  return JSON.parse(listed.stdout);
}

const outcomesOf = (record: LogoutRecord | undefined) =>
  Object.fromEntries((record?.participants ?? []).map(({ title, outcome }) => [title, outcome]));

test('each participant that misbehaves has its own outcome, and the person reads how many confirmed', async () => {
  const { client } = await visited(...manners);
  const result = await client.submit(await client.open(`${gatehouse.publicUrl}/logout?GLO=true`));
  expect(result.status).toBe(200);
  expect(result.text).toContain('1 of 7 applications confirmed.');
  expect(result.text).toContain('<strong>hangs</strong>: has not answered yet');
  const finished = await poll(
    async () => (await gatehouse.audit()).find(({ type }) => type === 'logout-finished'),
    () => 'the logout was never finished',
  );
  expect(finished.reason).toBe('partial');
  expect(outcomesOf((await records())[0])).toEqual({
    confirms: 'confirmed',
    hangs: 'unreachable',
    'talks-rubbish': 'unreachable',
    'is-forged': 'invalid-answer',
    'is-down': 'unreachable',
    redirects: 'unreachable',
    refuses: 'refused',
  });
});

test('what was sent is a request that xmlsec1 and the schemas have nothing against', () => {
  const [xml = ''] = heard.get('confirms') ?? [];
  const certificate = /<ds:X509Certificate>([^<]+)</.exec(xml)?.[1] ?? '';
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  expect(xmlsecVerify(xml, pem)).toMatchObject({ accepted: true });
  expect(xmllintValidate(xml, 'protocol')).toMatchObject({ accepted: true });
});

const sloUrl = () => `${gatehouse.publicUrl}/saml/idp/slo`;

function requestFor(
  response: string,
  changes: { readonly name?: string; readonly index?: string; readonly issuer?: Manner } = {},
) {
  const [nameId = ''] = textsOf(response, 'NameID');
  const index = /SessionIndex="([^"]+)"/.exec(response)?.[1] ?? '';
  return {
    id: `_r${Math.random().toString(16).slice(2)}`,
    now: Date.now(),
    issuer: entityIdOf(changes.issuer ?? 'confirms'),
    destination: sloUrl(),
    notOnOrAfter: Date.now() + 60_000,
    name: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified', value: changes.name ?? nameId },
    sessionIndex: changes.index ?? index,
  };
}

async function bySoap(message: string) {
  const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '"x"' };
  const reply = await exchange(sloUrl(), { method: 'POST', headers, body: writeSoap(message) });
  const body = reply.status === 200 ? readSoap(parseXml(reply.text)) : undefined;
  const read = body?.kind === 'message' ? parseLogoutResponse(body.element) : undefined;
  const last = (uri?: string) => uri?.split(':').at(-1);
  return { status: reply.status, text: reply.text, code: [last(read?.status), last(read?.subStatus)] };
}

const isSignedIn = async (client: HttpClient) =>
  (await client.open(`${gatehouse.publicUrl}/`)).text.includes('Your applications');

test('a partner ends the session by SOAP, and is told whether everybody confirmed', async () => {
  const { client, responses } = await visited('confirms');
  const [response = ''] = responses;
  const ended = await bySoap(await signLogoutRequest(requestFor(response), signer));
  expect(ended.code).toEqual(['Success', undefined]);
  expect(await isSignedIn(client)).toBe(false);
  const both = await visited('confirms', 'refuses');
  const partial = await bySoap(await signLogoutRequest(requestFor(both.responses[0] ?? ''), signer));
  expect(partial.code).toEqual(['Success', 'PartialLogout']);
});

test.each([
  ['the name of somebody else', { name: 'anna' }],
  ['the session index of another partner', { issuer: 'refuses' }],
  ['an index that it made up', { index: '_0' }],
] as const)('a partner ends no session with %s', async (_, changes) => {
  const { client, responses } = await visited('confirms', 'refuses');
  const answered = await bySoap(await signLogoutRequest(requestFor(responses[0] ?? '', changes), signer));
  expect(answered.code).toEqual(['Requester', 'UnknownPrincipal']);
  expect(await isSignedIn(client)).toBe(true);
});

test('a request without a signature, or with that of a stranger, is refused with 403 and ends nothing', async () => {
  const { client, responses } = await visited('confirms');
  const wanted = requestFor(responses[0] ?? '');
  const unsigned = await bySoap(buildLogoutRequest(wanted));
  const forged = await bySoap(await signLogoutRequest(wanted, signerOf(stranger, 'rsa-sha256')));
  expect([unsigned.status, forged.status]).toEqual([403, 403]);
  expect(unsigned.text).toContain('ERR_SAML_SIGNATURE_REQUIRED');
  expect(await isSignedIn(client)).toBe(true);
});

test('what was begun by a server that is killed is finished by the next one', async () => {
  const { client } = await visited('hangs');
  const before = heard.get('hangs')?.length ?? 0;
  const form = await client.open(`${gatehouse.publicUrl}/logout`);
  const fields = Object.fromEntries(
    [...form.text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  await client.send(`${gatehouse.publicUrl}/logout`, { method: 'POST', form: fields });
  await poll(
    async () => ((heard.get('hangs')?.length ?? 0) > before ? true : undefined),
    () => 'the participant heard nothing',
  );
  const { portOffset } = gatehouse;
  gatehouse.program.kill('SIGKILL');
  await gatehouse.program.exited;
  expect(outcomesOf((await records())[0])).toEqual({ hangs: 'pending' });
  whoHangs = 'confirms';
  gatehouse = await startGatehouse({ home, portOffset });
  await poll(
    async () => (outcomesOf((await records())[0])['hangs'] === 'confirmed' ? true : undefined),
    () => 'nobody went on with the logout',
  );
});

test('gatehouse logouts shows one logout in words, and what it does not know is refused', async () => {
  const [newest] = await records();
  const shown = await runGatehouse(['logouts', 'show', newest?.id ?? '', '--home', home]);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/eric[\s\S]*hangs\s+confirmed/);
  const missing = await runGatehouse(['logouts', 'show', '01HZZZZZZZZZZZZZZZZZZZZZZZ', '--home', home]);
  expect(missing.code).toBe(1);
  expect((await runGatehouse(['logouts', '--home', home])).code).toBe(2);
});
