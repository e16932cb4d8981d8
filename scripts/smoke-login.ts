/**
 * @module Signs in to a sample application of a running server with curl, as a person with a browser would.
 * `smoke-login.ts <file>`, where the file holds what the first start printed. Exits 0 when the protected page is shown.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HtmlForm, parseForm } from './html-form.ts';

/** What the first start prints: `… eric, amar … (password: XXXX)` and the address of the first sample application. */
const USER_AND_PASSWORD = /^.*?\b([a-z]+)(?:, [a-z]+)* \(password: (\S+)\)/m;
const SAMPLE_ORIGIN = /http:\/\/app-a\.localhost:\d+/;
/** Sign-in page, page that carries the response, protected page; one more for good measure. */
const MAX_PAGES = 4;

interface Fetched {
  readonly status: string;
  readonly url: string;
  readonly body: string;
}

/** Follows redirects and keeps cookies in `jar`. The form travels by standard input: a password is not an argument. */
function curl(jar: string, url: string, form?: Readonly<Record<string, string>>): Fetched {
  const args = ['-sS', '-L', '--max-redirs', '10', '--max-time', '15', '--noproxy', '*', '-b', jar, '-c', jar];
  // Names under localhost are on loopback, whatever the resolver of this machine thinks of them.
  const route = ['--connect-to', '::127.0.0.1:', '-w', '\n%{http_code} %{url_effective}'];
  const body = form === undefined ? [] : ['--data-binary', '@-'];
  const output = execFileSync('curl', [...args, ...route, ...body, url], {
    encoding: 'utf8',
    input: new URLSearchParams(form).toString(),
  });
  const end = output.lastIndexOf('\n');
  const [status = '', last = ''] = output.slice(end + 1).split(' ');
  return { status, url: last, body: output.slice(0, end) };
}

function answer(form: HtmlForm, user: string, password: string): Readonly<Record<string, string>> {
  return 'j_password' in form.fields ? { ...form.fields, j_username: user, j_password: password } : form.fields;
}

/** The last page of the way from the protected page through every form and back. */
function signIn(start: string, user: string, password: string): Fetched {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-smoke-'));
  try {
    const jar = join(folder, 'cookies');
    let page = curl(jar, start);
    for (let count = 1; count < MAX_PAGES; count += 1) {
      const form = page.status === '200' ? parseForm(page.body) : undefined;
      if (form === undefined) break;
      console.log(`${new URL(page.url).pathname} shows a form with ${Object.keys(form.fields).join(', ')}`);
      page = curl(jar, new URL(form.action, page.url).href, answer(form, user, password));
    }
    return page;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const printed = readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8');
const [, user, password] = USER_AND_PASSWORD.exec(printed) ?? [];
const [origin] = SAMPLE_ORIGIN.exec(printed) ?? [];
if (user === undefined || password === undefined || origin === undefined) {
  console.error('The start printed no sample user with password, or no sample application.');
  process.exit(1);
}
const page = signIn(`${origin}/secure/hello.html`, user, password);
const isIn = page.status === '200' && page.url === `${origin}/secure/hello.html` && page.body.includes(user);
if (!isIn) console.error(page.body.slice(0, 4000));
console.log(`${user} ${isIn ? 'is signed in at' : 'is not signed in, but at'} ${page.url}, status ${page.status}`);
process.exitCode = isIn ? 0 : 1;
