/** @module Custom login modules loaded by the real command: its process has the hooks that a test runner would replace. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../architecture/planted-tree.ts';
import { temporaryFolder } from '../support/servers/server-process.ts';

const good = (code: string) => `import { defineLoginModule, z } from 'gatehouse/spi';
const options: z.ZodType = z.strictObject({ greeting: z.string().describe('A text.') });
export default defineLoginModule({ code: '${code}', summary: 's', options, create: () => ({ login: async () => ({ status: 'ignored', note: '' }) }) });
`;
const goodJs = (code: string) => good(code).replace(': z.ZodType', '');

interface Stand {
  /** Below the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Codes, or whole entries without the flag. */
  readonly modules: readonly string[];
}

/** What `serve --check` says about a stack, without the path of the home folder. */
function check({ files = {}, links = {}, modules }: Stand) {
  const home = temporaryFolder('custom');
  onTestFinished(() => home.remove());
  const place = (path: string) => {
    const full = join(home.path, path);
    mkdirSync(join(full, '..'), { recursive: true });
    return full;
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(place(path), text);
  for (const [path, target] of Object.entries(links)) symlinkSync(target, place(path));
  const entry = (module: string) => (module.startsWith('{') ? module : `{ code: '${module}', flag: required }`);
  const stack = modules.map((module) => `      - ${entry(module).replace('~', home.path)}\n`).join('');
  writeFileSync(place('configuration/gatehouse.yaml'), `security-domains:\n  d:\n    authentication:\n${stack}`);
  const { status, stderr } = spawnSync(process.execPath, ['bin/gatehouse', 'serve', '--check', '--home', home.path], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return { status, problems: stderr.replaceAll(home.path, '~').split('\n').slice(0, -2) };
}

const withOptions = (code: string) => `{ code: '${code}', flag: required, module-options: { greeting: hi } }`;

describe('a custom login module', () => {
  it('may be a file below the configuration folder, one elsewhere by its absolute path, or a package', () => {
    const manifest = (name: string) => JSON.stringify({ name, exports: { import: './module.mjs' } });
    const { status, problems } = check({
      files: {
        'configuration/mine.ts': good('Mine'),
        'configuration/sub/other.mjs': goodJs('Other'),
        'configuration/node_modules/@acme/card/package.json': manifest('@acme/card'),
        'configuration/node_modules/@acme/card/module.mjs': goodJs('Card'),
        'elsewhere/absolute.mts': good('Absolute'),
        'node_modules/plain/package.json': manifest('plain'),
        'node_modules/plain/module.mjs': goodJs('Plain'),
      },
      modules: ['./mine.ts', './sub/other.mjs', '@acme/card', '~/elsewhere/absolute.mts', 'plain', './mine.ts'].map(
        withOptions,
      ),
    });
    expect({ status, problems }).toEqual({ status: 0, problems: [] });
  });

  it('has its options checked by its own schema, with the line', () => {
    const { status, problems } = check({
      files: { 'configuration/mine.ts': good('Mine') },
      modules: ['./mine.ts', '{ code: ./mine.ts, flag: required, module-options: { greeting: 5, greting: x } }'],
    });
    expect(status).toBe(1);
    expect(problems).toEqual([
      'gatehouse.yaml:4:9  security-domains.d.authentication[0].module-options.greeting  is missing',
      expect.stringMatching(/^gatehouse\.yaml:5:\d+ .*\.greeting {2}must be text, not a number$/),
      expect.stringMatching(/^gatehouse\.yaml:5:\d+ .*\.greting {2}unknown name; did you mean "greeting"\?$/),
    ]);
  });

  it('is refused with the line of its code and the reason, all at once', () => {
    const cases: readonly (readonly [code: string, text: string | undefined, says: string])[] = [
      [
        './enum.ts',
        'enum A { B }\n',
        'only TypeScript whose types can be erased runs without a build) at ~/configuration/enum.ts:1',
      ],
      ['./bad.ts', 'export const a = 1;\nconst b: = 1;\n', 'at ~/configuration/bad.ts:2'],
      ['./throws.mjs', 'throw new TypeError("boom\\nand more");', 'cannot be imported: TypeError: boom and more'],
      ['./throws-text.mjs', 'throw "hunter2";', 'cannot be imported: it throws string'],
      ['./lost.ts', 'import x from "nothere"; export default x;', "Cannot find package 'nothere'"],
      ['./none.js', 'export const x = 1;', 'exports no login module, neither by default nor as loginModule'],
      ['./shape.mjs', 'export default { code: "Shape" };', 'exports what defineLoginModule did not make'],
      ['./identity.mjs', goodJs('identity'), 'has the code identity, which another module has already'],
      ['./absent.ts', undefined, 'there is no such file'],
      ['../outside.ts', undefined, 'is outside the configuration folder'],
      ['./sub/../../outside.ts', undefined, 'is outside the configuration folder'],
      ['./link.ts', undefined, 'is outside the configuration folder'],
      ['./tokens.json', '{}', 'is none of .ts, .mts, .js, .mjs'],
      ['./folder.ts', undefined, 'is not a file'],
      ['~/absent.ts', undefined, 'there is no such file'],
      ['@acme/absent', undefined, "Cannot find package '@acme/absent'"],
      ['usersrole', undefined, 'unknown login module "usersrole"; did you mean "UsersRoles"?'],
      ['fs', undefined, 'unknown login module "fs"'],
    ];
    const files = cases.flatMap(([code, text]) =>
      text === undefined ? [] : [[`configuration/${code}`, text] as const],
    );
    const { status, problems } = check({
      files: { ...Object.fromEntries(files), 'configuration/folder.ts/x': '' },
      links: { 'configuration/link.ts': '/etc/hosts' },
      modules: cases.map(([code]) => code),
    });
    expect(status).toBe(1);
    expect(problems).toEqual(cases.map(([, , says]) => expect.stringContaining(says)));
    expect(problems.map((line) => Number(line.split(':')[1]))).toEqual(cases.map((_, index) => index + 4));
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('may not have the code of another custom module', () => {
    const { problems } = check({
      files: { 'configuration/a.ts': good('Mine'), 'configuration/b.ts': good('Mine') },
      modules: ['./a.ts', './b.ts'].map(withOptions),
    });
    expect(problems).toEqual([expect.stringMatching(/^gatehouse\.yaml:5:.*"\.\/b\.ts": has the code Mine/)]);
  });

  it('stops the start when it makes what cannot log anybody in', () => {
    const text = good('Mine').replace(/create: .*/, 'create: () => ({}) });');
    const { status } = check({ files: { 'configuration/mine.ts': text }, modules: [withOptions('./mine.ts')] });
    expect(status).toBe(1);
  });
});
