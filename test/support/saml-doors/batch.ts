/** @module The hostile messages of all doors as a batch for `gatehouse saml-check`. */
import type { Workshop } from '../saml-corpus/workshop.ts';
import { doorContents } from './contents.ts';
import { createForge, type Door, doors, nameOf, signedRedirect, type Target } from './door.ts';
import { codeAt, doorMetadata } from './house.ts';
import { queryCases } from './queries.ts';
import { doorSignatures } from './signatures.ts';
import { doorTexts } from './texts.ts';

const publicUrl = 'https://gatehouse.example.com';
const target: Target = {
  publicUrl,
  partner: 'https://signing.invalid/metadata',
  nameId: 'eric',
  inResponseTo: '_logout-1',
  artifact: 'AAQAAA==',
};

export interface DoorBatch {
  /** For `partners.xml` beside the batch: what is switched off at a server is not there at all. */
  readonly metadata: string;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

export async function doorBatch(workshop: Workshop): Promise<DoorBatch> {
  const entities = [
    doorMetadata('signing', workshop.idp),
    doorMetadata('neighbour', workshop.sp),
    doorMetadata('expired', workshop.idp, ' validUntil="2020-01-01T00:00:00Z"'),
  ];
  const lines = await Promise.all(doors.map((door) => linesOf(door, workshop)));
  return {
    metadata: `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${entities.join('')}</md:EntitiesDescriptor>`,
    lines: lines.flat(),
  };
}

async function linesOf(door: Door, workshop: Workshop) {
  const forge = createForge(door, workshop, target);
  const common = {
    as: 'idp',
    'entity-id': `${publicUrl}/saml/idp`,
    'partner-metadata': 'partners.xml',
    at: new Date(workshop.now).toISOString(),
    ...(door.kind === 'LogoutResponse' ? { 'in-response-to': target.inResponseTo } : {}),
  };
  const cases = [...doorSignatures, ...doorTexts, ...doorContents].filter(
    // Of a SOAP message the limit of the HTTP layer comes first, and here there is none.
    (one) => (one.at?.(door) ?? true) && !(door.binding === 'soap' && codeAt(door, one) === 'ERR_REQUEST_TOO_LARGE'),
  );
  const made = cases.map(async (one) => {
    const document = await one.make(forge);
    const how =
      door.binding === 'redirect'
        ? { query: signedRedirect(forge, document) }
        : { message: Buffer.from(document).toString('base64'), binding: 'post' };
    return { id: `${nameOf(door)}: ${one.name}`, ...common, ...how, expect: expectedAt(door, codeAt(door, one)) };
  });
  const queries = (door.binding === 'redirect' ? queryCases : []).map((one) => ({
    id: `${nameOf(door)}: a query with ${one.name}`,
    ...common,
    query: one.make(signedRedirect(forge, forge.plain(), { relayState: 'state' }), forge),
    expect: one.code,
  }));
  return [...(await Promise.all(made)), ...queries];
}

/** Whose answer it has to be only the server knows, which has asked; to the clinic each issuer is its own. */
const expectedAt = (door: Door, code: string) =>
  door.kind === 'LogoutResponse' && code === 'ERR_SAML_ISSUER' ? 'refuse' : code;
