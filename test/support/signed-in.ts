/** @module Getting past the sign-in page: how its address looks, and a client that has been there. */
import { passwords, type UserName } from './gatehouse-home.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';

/** The path of a sign-in page: its id is the sealed request itself, longer than anything that is only a name. */
export const signInPath = /^\/login\/[\w-]{44,6144}$/;

/** A client with a live session, begun at the list of applications. */
export async function signedIn(publicUrl: string, name: UserName = 'eric'): Promise<HttpClient> {
  const client = createHttpClient();
  const done = await client.submit(await client.open(publicUrl), { j_username: name, j_password: passwords[name] });
  if (done.status !== 200) throw new Error(`${name} was not signed in: ${done.status}\n${done.text}`);
  return client;
}
