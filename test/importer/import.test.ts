/** @module Every configuration of the corpus imports: into a configuration that is accepted, and with a report that leaves nothing out. */
import { XmlDocument } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { formatProblems } from '../../src/config/problem.ts';
import { catalog } from '../support/whole-catalog.ts';
import { corpus, corpusText, importCorpus } from './corpus.ts';

/** Counted by a reader that nobody here wrote. */
function nodeCount(text: string): number {
  const document = XmlDocument.fromString(text);
  const nodes = document.find('//* | //@*').length;
  document.dispose();
  return nodes;
}

describe.each(corpus)('the configuration %s/%s', (name, file, profile) => {
  const text = corpusText(name, file);
  const imported = importCorpus(name, file, profile);

  it('has every element and attribute in the report exactly once', () => {
    const nodes = [text, ...imported.furtherTexts].reduce((sum, one) => sum + nodeCount(one), 0);
    const places = imported.entries.map((entry) => `${entry.file}:${entry.line}:${entry.column} ${entry.path}`);
    expect(places).toHaveLength(nodes);
    expect(new Set(places).size).toBe(nodes);
  });

  it('has nothing that the importer does not know', () => {
    expect(imported.entries.filter(({ reason }) => reason === 'not known to this importer')).toEqual([]);
  });

  it('says why, wherever something is not kept as it is', () => {
    const mute = imported.entries.filter(({ disposition, reason }) => disposition !== 'kept' && reason === '');
    expect(mute.map(({ path }) => path)).toEqual([]);
  });

  it('becomes a configuration that is accepted', () => {
    const loaded = loadConfiguration({
      text: imported.yaml,
      file: 'gatehouse.yaml',
      catalog,
      environment: {},
      // What the import says is to be provided.
      readVault: () => ({ text: 'provided-by-hand' }),
      readSecretFile: (path) => ({ text: imported.contents(path) ?? '' }),
    });
    expect(loaded.status === 'refused' ? formatProblems(loaded.problems) : '').toBe('');
  });

  it('gives the same output a second time', () => {
    const { files, entries, tasks } = importCorpus(name, file, profile);
    expect({ files, entries, tasks }).toEqual({
      files: imported.files,
      entries: imported.entries,
      tasks: imported.tasks,
    });
  });
});
