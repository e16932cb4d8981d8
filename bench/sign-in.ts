/** @module Signs a sample user in with the password that the first start printed. */
import type { ServerProcess } from './server-process.ts';

/** Only a first start prints it. */
export async function samplePassword(server: ServerProcess): Promise<string> {
  const password = /Sample users.*\(password: ([^)\s]+)\)/.exec(await server.greeting())?.[1];
  if (password === undefined) throw new Error(`no sample password was printed:\n${server.output()}`);
  return password;
}

/** The SSO cookie as a `Cookie` header. */
export async function signIn(server: ServerProcess, password: string): Promise<string> {
  const origin = server.publicUrl.replace('localhost', '127.0.0.1');
  const start = await fetch(`${origin}/`, { redirect: 'manual' });
  const browser = cookiesOf(start);
  const page = await fetch(new URL(start.headers.get('location') ?? '', origin), { headers: { cookie: browser } });
  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const answer = await fetch(page.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: browser },
    body: new URLSearchParams({ csrf, j_username: 'eric', j_password: password }),
  });
  if (answer.status !== 303) throw new Error(`sign-in failed: ${answer.status}\n${await answer.text()}`);
  return cookiesOf(answer);
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
