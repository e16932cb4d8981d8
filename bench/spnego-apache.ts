/** @module Apache with mod_auth_gssapi in the foreground, as it is set up for this purpose: its own replay cache, no sessions. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProgram, startProgram } from '../test/support/child-process.ts';
import { makeTempFolder } from '../test/support/temp-folder.ts';

export interface RunningApache {
  readonly program: RunningProgram;
  log(): Promise<string>;
  stop(): Promise<void>;
}

const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_gssapi', 'dir'];

export async function startApache(
  keytab: string,
  environment: Readonly<Record<string, string>>,
  port: number,
): Promise<RunningApache> {
  const folder = await makeTempFolder('httpd', { open: true });
  const path = folder.path;
  const documents = join(path, 'documents');
  const cache = join(path, 'cache');
  const own = join(path, 'http.keytab');
  await mkdir(join(documents, 'open'), { recursive: true });
  await mkdir(cache);
  await chmod(cache, 0o1777);
  for (const file of ['index.html', 'open/index.html']) {
    await writeFile(join(documents, file), '<!doctype html><title>in</title>');
  }
  await writeFile(own, await readFile(keytab));
  await chmod(own, 0o644);
  await writeFile(join(path, 'krb5.conf'), await readFile(environment['KRB5_CONFIG'] ?? ''));
  await writeFile(join(path, 'httpd.conf'), configurationOf(path, own, port));
  const program = startProgram('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', join(path, 'httpd.conf')], {
    env: { ...process.env, KRB5_CONFIG: join(path, 'krb5.conf'), KRB5RCACHENAME: `file2:${join(cache, 'replays')}` },
  });
  return {
    program,
    log: async () => `${program.output()}${await readFile(join(path, 'error.log'), 'utf8').catch(() => '')}`,
    async stop() {
      await program.stop();
      await folder.remove();
    },
  };
}

/** Run by root, httpd serves as www-data. */
function configurationOf(folder: string, keytab: string, port: number): string {
  const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const user = process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : [];
  return `ServerRoot ${folder}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
Listen 127.0.0.1:${port}
ServerName localhost
ErrorLog ${folder}/error.log
${[...load, ...user].join('\n')}
StartServers 1
MaxKeepAliveRequests 0
LimitRequestFieldSize 131072
DocumentRoot ${folder}/documents
<Directory ${folder}/documents>
  DirectoryIndex index.html
  AuthType GSSAPI
  AuthName bench
  GssapiCredStore keytab:${keytab}
  GssapiUseSessions Off
  Require valid-user
</Directory>
<Directory ${folder}/documents/open>
  AuthType None
  Require all granted
</Directory>
`;
}
