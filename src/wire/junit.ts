/** @module JUnit's XML report, as continuous integration servers read it. */

export interface JunitCase {
  readonly name: string;
  readonly ms: number;
  /** Absent: passed. */
  readonly failure?: { readonly message: string; readonly text: string };
  /** Could not be tried. */
  readonly error?: { readonly message: string; readonly text: string };
}

export function buildJunit(suite: string, cases: readonly JunitCase[]): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const errors = cases.filter(({ error }) => error !== undefined).length;
  const total = seconds(cases.reduce((sum, { ms }) => sum + ms, 0));
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}" time="${total}"`;
  const rows = cases.map(({ name, ms, failure, error }) => {
    const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds(ms)}"`;
    const [word, told] = error === undefined ? ['failure', failure] : ['error', error];
    if (told === undefined) return `${open}/>`;
    return `${open}>\n      <${word} message="${escaped(told.message)}">${escaped(told.text)}</${word}>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(suite)}" ${counts}>`,
    ...rows,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

/** XML 1.0 §2.2 has no other controls, also not as references. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
