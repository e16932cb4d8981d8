import { describe, expect, it } from 'vitest';
import type { DocumentCopy } from '../../src/metadata/document-source.ts';
import { loadEntitySet } from '../../src/metadata/entity-set.ts';
import { createMdqSource, identifierOf } from '../../src/metadata/mdq-source.ts';
import { serviceProviders } from '../../src/metadata/roles.ts';
import { createPartner } from '../../src/protocols/saml-idp/partner.ts';
import type { DocumentAnswer, DocumentRequest } from '../../src/spi/document-fetch.ts';
import { GatehouseError } from '../../src/spi/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { entity } from '../support/sp-metadata.ts';
import { rejectionOf } from '../support/thrown-code.ts';

const spId = 'https://sp.example.com';
const hour = 3_600_000;
const fetched = (xml: string): DocumentAnswer => ({
  status: 'fetched',
  bytes: Buffer.from(xml),
  etag: '"1"',
  lastModified: undefined,
});
const down = () => {
  throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'down');
};

function open(first: (request: DocumentRequest) => DocumentAnswer | Promise<DocumentAnswer>) {
  const clock = createFakeClock();
  const server = { answer: first };
  const requests: DocumentRequest[] = [];
  const copies = new Map<string, DocumentCopy>();
  const make = () =>
    createMdqSource({
      name: 'https://mdq.example/',
      pinned: false,
      baseUrl: 'https://mdq.example/',
      identifiers: 'entity-id',
      async fetch(request) {
        requests.push(request);
        return server.answer(request);
      },
      load: (bytes) =>
        loadEntitySet(bytes, {
          pins: undefined,
          role: serviceProviders((metadata) => createPartner(metadata, { sign: 'assertion', roleAttribute: 'Role' })),
          filter: { entityIds: [], registrationAuthorities: [] },
          check: 'all',
          pause: async () => undefined,
        }),
      refreshMs: hour,
      copies: {
        read: async (id) => copies.get(id),
        async write(id, copy) {
          copies.set(id, copy);
        },
      },
      clock,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      report: async () => undefined,
    });
  return { clock, server, requests, source: make(), restarted: make };
}

describe('a metadata query server', () => {
  it('is asked by the percent-encoded entityID, once for its time', async () => {
    const { source, requests } = open(() => fetched(entity()));
    expect((await source.find(spId))?.entityId).toBe(spId);
    await source.find(spId);
    expect(requests.map(({ url }) => url)).toEqual(['https://mdq.example/entities/https%3A%2F%2Fsp.example.com']);
  });

  it('can be asked by the SHA-1 of the entityID', () => {
    expect(identifierOf('http://example.org/service', 'sha1')).toBe(
      '%7Bsha1%7D11d72e8cf351eb6c75c721e838f469677ab41bdb',
    );
  });

  it('is asked once for many who want the same at once', async () => {
    const { source, requests } = open(() => fetched(entity()));
    await Promise.all([source.find(spId), source.find(spId), source.find(spId)]);
    expect(requests).toHaveLength(1);
  });

  it('is asked again after that time, with what it said the last time', async () => {
    const { clock, server, source, requests } = open(() => fetched(entity()));
    await source.find(spId);
    clock.advance(hour);
    server.answer = () => ({ status: 'unchanged' });
    expect((await source.find(spId))?.entityId).toBe(spId);
    expect(requests[1]?.etag).toBe('"1"');
  });

  it('that does not know somebody is not asked for him again for a while', async () => {
    const { clock, source, requests } = open(() => ({ status: 'absent' }));
    expect(await source.find('urn:nobody')).toBeUndefined();
    expect(await source.find('urn:nobody')).toBeUndefined();
    expect(requests).toHaveLength(1);
    clock.advance(5 * 60_000);
    await source.find('urn:nobody');
    expect(requests).toHaveLength(2);
  });

  it('that answers about somebody else is not believed', async () => {
    const { source } = open(() => fetched(entity()));
    expect(await source.find('urn:victim')).toBeUndefined();
  });

  it('that goes away leaves those it has named in force, also after a restart', async () => {
    const { clock, server, source, restarted } = open(() => fetched(entity()));
    await source.find(spId);
    server.answer = down;
    clock.advance(hour);
    expect((await source.find(spId))?.entityId).toBe(spId);
    expect((await restarted().find(spId))?.entityId).toBe(spId);
  });

  it('that goes away leaves nobody in force whose metadata has run out', async () => {
    const clock = createFakeClock();
    const limit = ` validUntil="${new Date(clock.now() + hour).toISOString()}"`;
    const opened = open(() => fetched(entity({ entityAttributes: limit })));
    await opened.source.find(spId);
    opened.server.answer = down;
    opened.clock.advance(hour);
    expect(await rejectionOf(opened.restarted().find(spId))).toBe('ERR_STORE_UNAVAILABLE');
  });

  it('that is away is left alone for a while', async () => {
    const { clock, source, requests } = open(down);
    expect(await rejectionOf(source.find('urn:a'))).toBe('ERR_STORE_UNAVAILABLE');
    expect(await rejectionOf(source.find('urn:b'))).toBe('ERR_STORE_UNAVAILABLE');
    expect(requests).toHaveLength(1);
    clock.advance(10_000);
    await rejectionOf(source.find('urn:b'));
    expect(requests).toHaveLength(2);
  });

  it('is asked by no more than sixteen at once, whoever sends requests', async () => {
    const { promise, resolve } = Promise.withResolvers<DocumentAnswer>();
    const { source } = open(() => promise);
    const waiting = Array.from({ length: 16 }, (_, index) => source.find(`urn:${index}`));
    expect(await rejectionOf(source.find('urn:17'))).toBe('ERR_OVERLOADED');
    resolve({ status: 'absent' });
    await Promise.all(waiting);
    await source.close();
  });
});
