import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflateRaw } from '../../../src/wire/encoding/inflate.ts';

const limit = 64 * 1024;

describe('inflating', () => {
  it('gives back what was deflated', () => {
    const result = inflateRaw(deflateRawSync('hello'), limit);
    expect(result.status === 'inflated' && Buffer.from(result.bytes).toString()).toBe('hello');
  });

  it('takes exactly as much as the limit', () => {
    expect(inflateRaw(deflateRawSync(Buffer.alloc(limit)), limit).status).toBe('inflated');
  });

  it('refuses one byte more', () => {
    expect(inflateRaw(deflateRawSync(Buffer.alloc(limit + 1)), limit).status).toBe('too-large');
  });

  it('refuses 64 MiB of zeros before 1 MB of it is inflated', () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    // DEFLATE packs zeros 1000 to 1, so from here on lies what begins beyond 500 KB. Broken there, the stream is malformed to
    // whoever comes so far.
    const broken = Buffer.concat([bomb.subarray(0, 500), Buffer.alloc(100, 0xff)]);
    expect(inflateRaw(broken, 64 * 1024 * 1024).status).toBe('malformed');
    expect(inflateRaw(broken, limit).status).toBe('too-large');
  });

  it('refuses a stream that is cut short', () => {
    expect(inflateRaw(deflateRawSync('hello hello hello').subarray(0, -1), limit).status).toBe('malformed');
  });

  it('refuses bytes after the end of the stream', () => {
    expect(inflateRaw(Buffer.concat([deflateRawSync('hello'), Buffer.from([0])]), limit).status).toBe('malformed');
  });

  it('refuses a second stream after the first', () => {
    expect(inflateRaw(Buffer.concat([deflateRawSync('a'), deflateRawSync('b')]), limit).status).toBe('malformed');
  });

  it('refuses a zlib header', () => {
    expect(inflateRaw(deflateSync('hello'), limit).status).toBe('malformed');
  });

  it('refuses what is not DEFLATE', () => {
    expect(inflateRaw(Buffer.from('<samlp:AuthnRequest/>'), limit).status).toBe('malformed');
  });

  it('refuses nothing at all', () => {
    expect(inflateRaw(Buffer.alloc(0), limit).status).toBe('malformed');
  });
});
