/** @module Debian's Shibboleth service provider: shibd and an Apache httpd with mod_shib, an application on each host name. */
import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningProgram, startProgram } from '../child-process.ts';
import { exchange } from '../http-client.ts';
import { makeKeyPair } from '../key-pairs.ts';
import { poll } from '../poll.ts';
import { makeTempFolder } from '../temp-folder.ts';
import { freePort } from './server-process.ts';
import {
  attributeMap,
  httpdConfiguration,
  loggerTo,
  page,
  type ShibbolethHost,
  type ShibbolethLogout,
  serviceProviderXml,
} from './shibboleth/configuration.ts';

export interface ShibbolethOptions {
  readonly idpEntityId: string;
  /** How each application is told of a logout, by host name under `localhost`. */
  readonly hosts: Readonly<Record<string, ShibbolethLogout>>;
  /** Clients that are no browsers may sign on, and it asks for attributes where an assertion brings none. */
  readonly soap?: boolean;
}

export interface ShibbolethApplication {
  readonly origin: string;
  readonly entityId: string;
  /** A page that needs a session. */
  readonly page: string;
  /** As its own generator writes it. */
  readonly metadata: string;
}

export interface Shibboleth {
  readonly applications: readonly ShibbolethApplication[];
  /** Takes the identity provider's metadata; until then nobody can sign in. */
  trust(idpMetadata: string): Promise<void>;
  /** What shibd, mod_shib and httpd said. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Stands for an identity provider until the real one is known: shibd does not start without. */
const nobodysMetadata = (entityId: string) =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:nothing"><md:SingleSignOnService Binding="urn:nothing" Location="https://nobody.invalid/"/></md:IDPSSODescriptor></md:EntityDescriptor>`;

export async function startShibboleth({
  idpEntityId,
  hosts: plan,
  soap = false,
}: ShibbolethOptions): Promise<Shibboleth> {
  const folder = await makeTempFolder('shibboleth', { open: true });
  const port = await freePort();
  const hosts = Object.entries(plan).map(([hostName, logout]): ShibbolethHost => {
    const origin = `http://${hostName}:${port}`;
    return { hostName, origin, entityId: `${origin}/shibboleth`, logout };
  });
  await writeFiles(folder.path, port, hosts, { idpEntityId, soap });
  const shibd = startProgram('/usr/sbin/shibd', [
    ...['-F', '-f', '-c', join(folder.path, 'shibboleth2.xml'), '-p', join(folder.path, 'shibd.pid')],
  ]);
  const httpd = startProgram('/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', join(folder.path, 'httpd.conf')]);
  const logs = ['shibd.log', 'error.log'].map((name) => join(folder.path, name));
  const log = async () => {
    const texts = await Promise.all(logs.map((file) => readFile(file, 'utf8').catch(() => '')));

    return `${shibd.output()}${httpd.output()}${texts.join('')}`;
  };
  const stop = async () => {
    await httpd.stop();
    await shibd.stop();
    await folder.remove();
  };
  try {
    const applications = await Promise.all(
      hosts.map(async ({ origin, entityId }): Promise<ShibbolethApplication> => {
        const metadata = await answer([shibd, httpd], `${origin}/Shibboleth.sso/Metadata`, 200);
        return { origin, entityId, page: `${origin}/secure/hello.shtml`, metadata: reachable(metadata, port) };
      }),
    );
    return {
      applications,
      async trust(idpMetadata) {
        const file = join(folder.path, 'idp.xml');
        await writeFile(file, idpMetadata);
        // It compares whole seconds, and two changes may be in one.
        const later = new Date(Date.now() + 60_000);
        await utimes(file, later, later);
        for (const { origin } of hosts) await answer([shibd, httpd], `${origin}/Shibboleth.sso/Login`, 302);
      },
      log,
      stop,
    };
  } catch (cause) {
    const said = await log();
    await stop();
    throw new Error(`Shibboleth did not start:\n${said}`, { cause });
  }
}

/** Names under `localhost` are known to browsers; a server that tells of a logout needs the number. */
function reachable(metadata: string, port: number): string {
  return metadata.replace(
    /(<md:SingleLogoutService Binding="[^"]*:SOAP" Location=")http:\/\/[^/]+/,
    `$1http://127.0.0.1:${port}`,
  );
}

async function writeFiles(
  folder: string,
  port: number,
  hosts: readonly ShibbolethHost[],
  { idpEntityId, soap }: { readonly idpEntityId: string; readonly soap: boolean },
) {
  const htdocs = join(folder, 'htdocs');
  await mkdir(join(htdocs, 'secure'), { recursive: true });
  for (const use of ['signing', 'encryption']) await chmod((await makeKeyPair(folder, use)).keyPath, 0o644);
  const files = {
    'shibboleth2.xml': serviceProviderXml(folder, hosts, idpEntityId, soap),
    'attribute-map.xml': attributeMap,
    'shibd.logger': loggerTo(join(folder, 'shibd.log')),
    'native.logger': loggerTo('/dev/null'),
    'idp.xml': nobodysMetadata(idpEntityId),
    'httpd.conf': httpdConfiguration(folder, port, hosts),
    'htdocs/index.html': '<!doctype html><title>open</title><p>open to all</p>',
    'htdocs/secure/hello.shtml': page,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** The first answer with this status; others come while something is not ready. */
function answer(programs: readonly RunningProgram[], url: string, status: number): Promise<string> {
  let last = 'nothing';
  return poll(
    async () => {
      if (programs.some((program) => program.hasExited())) throw new Error('a server ended');
      const reply = await exchange(url).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNREFUSED' && error.code !== 'ECONNRESET') throw error;
        return undefined;
      });
      last = reply === undefined ? 'nothing' : `${reply.status} ${reply.text.slice(0, 500)}`;
      return reply?.status === status ? reply.text : undefined;
    },
    () => `${url} answered ${last}`,
  );
}
