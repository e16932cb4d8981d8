/** @module A real Apache httpd with mod_auth_mellon: two service providers on host names of their own, keys of their own, signed requests. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProgram, startProgram } from './child-process.ts';
import { exchange } from './http-client.ts';
import { type KeyPair, makeKeyPair } from './key-pairs.ts';
import { poll } from './poll.ts';
import { freePort } from './ports.ts';
import { makeTempFolder, type TempFolder } from './temp-folder.ts';

export interface MellonProvider {
  readonly hostName: string;
  readonly origin: string;
  readonly entityId: string;
  readonly metadata: string;
}

export interface MellonPlan {
  readonly providers: readonly [MellonProvider, MellonProvider];
  /** Starts httpd; Gatehouse, which needs the providers' metadata first, has its own by now. */
  start(idpMetadata: string): Promise<RunningMellon>;
  remove(): Promise<void>;
}

export interface RunningMellon {
  /** What httpd and mellon complained of. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** The page behind the sign-in: what mellon tells the application, by server-side includes. */
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mellon</title></head><body>
<p id="user"><!--#echo var="MELLON_NAME_ID" --></p>
<p id="roles"><!--#echo var="MELLON_Role" --></p>
<p id="server"><!--#echo var="SERVER_NAME" --></p>
</body></html>
`;

const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_mellon', 'include', 'mime', 'dir'];

/** How each of the two is told of a logout. The first one is httpd's default host, which a server finds without a name. */
export type MellonLogout = readonly ['none' | 'HTTP-Redirect' | 'SOAP', 'none' | 'HTTP-Redirect'];

export async function planMellon({
  logout = ['none', 'none'],
  artifact = false,
  paos = false,
}: {
  readonly logout?: MellonLogout;
  /** Answers come by artifact, which mellon resolves. */
  readonly artifact?: boolean;
  /** Clients that are no browsers may sign on. */
  readonly paos?: boolean;
} = {}): Promise<MellonPlan> {
  const folder: TempFolder = await makeTempFolder('httpd', { open: true });
  const port = await freePort();
  const provider = async (hostName: string, binding: MellonLogout[number]) => {
    const keys = await makeKeyPair(folder.path, hostName);
    await chmod(keys.keyPath, 0o644);
    const origin = `http://${hostName}:${port}`;
    const entityId = `${origin}/mellon/metadata`;
    const sloUrl = binding === 'SOAP' ? `http://127.0.0.1:${port}/mellon/logout` : `${origin}/mellon/logout`;
    const slo =
      binding === 'none'
        ? ''
        : `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${sloUrl}"/>`;
    const back =
      binding === 'SOAP'
        ? `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${origin}/mellon/logout"/>`
        : '';
    const metadata = metadataOf(entityId, origin, keys, slo + back, { artifact, paos });
    await writeFile(join(folder.path, `${hostName}.xml`), metadata);
    return { hostName, origin, entityId, metadata };
  };
  const providers = [await provider('sp1.localhost', logout[0]), await provider('sp2.localhost', logout[1])] as const;
  return {
    providers,
    start: (idpMetadata) => start(folder.path, port, providers, idpMetadata),
    remove: () => folder.remove(),
  };
}

function metadataOf(
  entityId: string,
  origin: string,
  keys: KeyPair,
  slo: string,
  { artifact, paos }: { readonly artifact: boolean; readonly paos: boolean },
): string {
  const forClients = paos
    ? `<md:AssertionConsumerService index="1" Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS" Location="${origin}/mellon/paosResponse"/>`
    : '';
  const consumer = artifact
    ? `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="${origin}/mellon/artifactResponse"`
    : `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${origin}/mellon/postResponse"`;
  return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}">
<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${keys.certificateBase64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>${slo}
<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
<md:AssertionConsumerService index="0" isDefault="true" ${consumer}/>${forClients}
</md:SPSSODescriptor></md:EntityDescriptor>
`;
}

async function start(
  folder: string,
  port: number,
  providers: readonly MellonProvider[],
  idpMetadata: string,
): Promise<RunningMellon> {
  await writeFile(join(folder, 'idp.xml'), idpMetadata);
  for (const { hostName } of providers) {
    const documents = join(folder, hostName, 'secure');
    await mkdir(documents, { recursive: true });
    await writeFile(join(documents, 'hello.shtml'), page);
    await writeFile(join(folder, hostName, 'index.html'), '<!doctype html><title>open</title><p>open to all</p>');
  }
  await writeFile(join(folder, 'httpd.conf'), configurationOf(folder, port, providers));
  const program = startProgram('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', join(folder, 'httpd.conf')]);
  const log = async () => `${program.output()}${await readFile(join(folder, 'error.log'), 'utf8').catch(() => '')}`;
  try {
    await poll(
      () => answered(program, port),
      () => 'httpd did not answer',
    );
  } catch (cause) {
    throw new Error(`httpd did not start:\n${await log()}`, { cause });
  }
  return {
    log,
    async stop() {
      await program.stop();
    },
  };
}

async function answered(program: RunningProgram, port: number): Promise<true | undefined> {
  if (program.hasExited()) throw new Error('httpd ended before it answered');
  const reply = await exchange(`http://sp1.localhost:${port}/`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNREFUSED' && error.code !== 'ECONNRESET') throw error;
    return undefined;
  });
  return reply?.status === 200 ? true : undefined;
}

/** Run by root, httpd serves as www-data. */
function configurationOf(folder: string, port: number, providers: readonly MellonProvider[]): string {
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
TypesConfig /dev/null
AddType text/html .html .shtml
AddOutputFilter INCLUDES .shtml
MellonLockFile ${folder}/mellon.lock
${providers.map((provider) => virtualHostOf(folder, port, provider)).join('\n')}
`;
}

function virtualHostOf(folder: string, port: number, { hostName }: MellonProvider): string {
  return `<VirtualHost 127.0.0.1:${port}>
ServerName ${hostName}:${port}
UseCanonicalName On
DocumentRoot ${folder}/${hostName}
<Directory ${folder}/${hostName}>
  Options +Includes
  DirectoryIndex index.html
  Require all granted
</Directory>
<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  MellonVariable ${hostName.replaceAll('.', '-')}
  MellonSecureCookie On
  MellonSPPrivateKeyFile ${folder}/${hostName}.key
  MellonSPCertFile ${folder}/${hostName}.crt
  MellonSPMetadataFile ${folder}/${hostName}.xml
  MellonIdPMetadataFile ${folder}/idp.xml
  MellonSignatureMethod rsa-sha256
  MellonMergeEnvVars On
</Location>
<Location /secure>
  AuthType Mellon
  MellonEnable auth
  Require valid-user
</Location>
</VirtualHost>`;
}
