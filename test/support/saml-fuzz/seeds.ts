/** @module What the fuzzer begins with: the hostile corpora, honest messages and metadata, for each target in its own form. */
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { corpus } from '../saml-corpus/corpus.ts';
import type { Workshop } from '../saml-corpus/workshop.ts';
import { doorBatch } from '../saml-doors/batch.ts';

/** Inputs that once did harm, or led somewhere new, by target. */
const keptFile = 'test/fixtures/saml-fuzz/kept.json';
const keptInputs = z.record(z.string(), z.array(z.string()));

/** In base64. */
export function keptByTarget(): Readonly<Record<string, readonly string[]>> {
  return keptInputs.parse(JSON.parse(readFileSync(keptFile, 'utf8')));
}

const maxSeedBytes = 32 * 1024;

export async function seedsByTarget(workshop: Workshop): Promise<Readonly<Record<string, readonly Buffer[]>>> {
  const responses = await Promise.all(
    Object.values(corpus).flatMap((cases) => cases.map(({ make }) => make(workshop))),
  );
  const { lines, metadata } = await doorBatch(workshop);
  const textsOf = (name: string, encoding: 'base64' | 'latin1') =>
    lines.flatMap((line) => (typeof line[name] === 'string' ? [Buffer.from(line[name], encoding)] : []));
  const messages = [...responses.map((one) => Buffer.from(one)), ...textsOf('message', 'base64')];
  const queries = textsOf('query', 'latin1');
  const metadataSeeds = [metadata, ...metadata.split(/(?=<md:EntityDescriptor)/)].map((text) => Buffer.from(text));
  const base64 = messages.map((one) => Buffer.from(one.toString('base64')));
  const inQueries = messages
    .slice(0, 100)
    .map((one) => Buffer.from(`SAMLResponse=${encodeURIComponent(deflateRawSync(one).toString('base64'))}`));
  const made: Readonly<Record<string, readonly Buffer[]>> = {
    xml: messages,
    soap: messages,
    schema: messages,
    post: base64,
    redirect: [...queries, ...inQueries],
    metadata: metadataSeeds,
    lint: metadataSeeds,
    clinic: [...base64, ...queries],
  };
  const kept = keptByTarget();
  return Object.fromEntries(
    Object.entries(made).map(([name, seeds]) => [
      name,
      [
        ...seeds.filter(({ length }) => length < maxSeedBytes),
        ...(kept[name] ?? []).map((one) => Buffer.from(one, 'base64')),
      ],
    ]),
  );
}
