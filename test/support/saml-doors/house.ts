/** @module A running identity provider with a partner at each of its doors, somebody signed in, an artifact and a logout that wait. */
import type { ErrorCode } from '../../../src/spi/errors.ts';
import { type Gatehouse, startGatehouse } from '../gatehouse-process.ts';
import { exchange, type HttpClient, type Reply } from '../http-client.ts';
import type { TestKeyPair } from '../keys.ts';
import { postedAnswer, textsOf } from '../saml-answer.ts';
import { createWorkshop, type Workshop } from '../saml-corpus/workshop.ts';
import { signedIn } from '../signed-in.ts';
import {
  createForge,
  type Door,
  type DoorCase,
  doors,
  type Forge,
  parameterOf,
  signedRedirect,
  type Target,
} from './door.ts';

const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings:';
/** What no answer may ever lead to. */
export const evilState = 'https://evil.invalid/';

export function doorMetadata(name: string, keys: Pick<TestKeyPair, 'certificate'>, attributes = ''): string {
  const certificate = Buffer.from(keys.certificate).toString('base64');
  const origin = `https://${name}.invalid`;
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${origin}/metadata"${attributes}><md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleLogoutService Binding="${bindings}HTTP-Redirect" Location="${origin}/slo"/><md:AssertionConsumerService Binding="${bindings}HTTP-POST" Location="${origin}/acs" index="0" isDefault="true"/><md:AssertionConsumerService Binding="${bindings}HTTP-Artifact" Location="${origin}/artifact" index="1"/></md:SPSSODescriptor></md:EntityDescriptor>`;
}

/** Four partners: the one that sends, one with another key, one that is switched off, one whose metadata has run out. */
function partnersOf({ idp, sp }: Workshop) {
  return [
    { file: 'signing.xml', metadata: doorMetadata('signing', idp) },
    { file: 'neighbour.xml', metadata: doorMetadata('neighbour', sp) },
    { file: 'disabled.xml', metadata: doorMetadata('disabled', idp), settings: { enabled: false } },
    { file: 'expired.xml', metadata: doorMetadata('expired', idp, ' validUntil="2020-01-01T00:00:00Z"') },
  ];
}

export interface House {
  readonly gatehouse: Gatehouse;
  readonly workshop: Workshop;
  /** Signed in here and at the partner: whose session logout requests would end. */
  readonly eric: HttpClient;
  readonly target: Target;
  forgeAt(kind: Door['kind'], binding: Door['binding'], at?: Target): Forge;
  /** As the door takes it; a redirect with a good signature over it, whatever it is. */
  deliver(forge: Forge, document: string | Uint8Array): Promise<Reply>;
  /** The client goes to the partner. */
  signOn(client: HttpClient): Promise<Reply>;
  newArtifact(): Promise<string>;
  /** Somebody else signs out here, and the browser is sent to the partner with a request of this ID. */
  waitingRequest(): Promise<string>;
}

export async function openHouse(): Promise<House> {
  const workshop = createWorkshop(Date.now());
  const gatehouse = await startGatehouse({ content: { partners: partnersOf(workshop) } });
  const { publicUrl } = gatehouse;
  let target: Target = {
    publicUrl,
    partner: 'https://signing.invalid/metadata',
    nameId: '',
    inResponseTo: '',
    artifact: '',
  };

  const forgeAt: House['forgeAt'] = (kind, binding, at = target) => {
    const door = doors.find((one) => one.kind === kind && one.binding === binding);
    if (door === undefined) throw new Error('there is no such door');
    return createForge(door, workshop, at);
  };
  const requestUrl = (attributes = '') => {
    const forge = forgeAt('AuthnRequest', 'redirect');
    return `${publicUrl}${forge.door.path}?${signedRedirect(forge, forge.plain({ attributes }))}`;
  };
  const signOn = (client: HttpClient) => client.open(requestUrl());
  const eric = await signedIn(publicUrl);

  async function newArtifact(): Promise<string> {
    const reply = await eric.send(requestUrl(` ProtocolBinding="${bindings}HTTP-Artifact"`));
    return new URL(reply.headers.location ?? '').searchParams.get('SAMLart') ?? '';
  }

  async function waitingRequest(): Promise<string> {
    const amar = await signedIn(publicUrl, 'amar');
    await signOn(amar);
    const page = await amar.submit(await amar.open(`${publicUrl}/logout?GLO=true`));
    const url = /url=(\S+)/.exec(String(page.headers['refresh']))?.[1] ?? '';
    return new URL(url).searchParams.get('RelayState') ?? '';
  }

  function deliver(forge: Forge, document: string | Uint8Array): Promise<Reply> {
    const { door } = forge;
    const url = `${publicUrl}${door.path}`;
    switch (door.binding) {
      case 'redirect':
        return exchange(`${url}?${signedRedirect(forge, document, { relayState: evilState })}`);
      case 'post': {
        const message = Buffer.from(document).toString('base64');
        return exchange(url, { method: 'POST', form: { [parameterOf(door)]: message, RelayState: evilState } });
      }
      case 'soap':
        return exchange(url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body: Buffer.from(document) });
      default:
        return door.binding satisfies never;
    }
  }

  const [nameId = ''] = textsOf(postedAnswer(await signOn(eric)).xml, 'NameID');
  target = { ...target, nameId, inResponseTo: await waitingRequest(), artifact: await newArtifact() };
  return { gatehouse, workshop, eric, target, forgeAt, deliver, signOn, newArtifact, waitingRequest };
}

export function codeAt(door: Door, { code }: DoorCase): ErrorCode {
  return typeof code === 'string' ? code : code(door);
}
