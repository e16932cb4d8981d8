/** @module The container files say what is so: they name files that exist, pinned images, loopback ports and the right Node. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { NODE_VERSION } from '../../scripts/set-up.mjs';
import { projectRoot } from './planted-tree.ts';

const serviceSchema = z.strictObject({
  image: z.string().optional(),
  build: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  network_mode: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  healthcheck: z.strictObject({ test: z.array(z.string()) }).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
});
const composeSchema = z.strictObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});
const compose = composeSchema.parse(parse(read('docker-compose.yml')));
const services = Object.entries(compose.services);
const dockerfiles = ['Dockerfile', 'deploy/openldap/Dockerfile', 'deploy/kdc/Dockerfile'];
/** `name:1.2.3` with any suffix: a tag that moves is not pinned. */
const PINNED = /^[a-z0-9/.-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?$/;

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

function instructions(dockerfile: string, name: string): readonly string[] {
  const text = read(dockerfile).replace(/\\\n\s*/g, '');
  return [...text.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map((match) => match[1]!);
}

describe.each(services)('compose service %s', (_name, service) => {
  test('has an image with a pinned tag or a folder with a Dockerfile, not both', () => {
    const pinned = service.image !== undefined && PINNED.test(service.image);
    const built = service.build !== undefined && existsSync(join(projectRoot, service.build, 'Dockerfile'));
    expect([pinned, built].filter(Boolean)).toHaveLength(1);
  });

  test('publishes its ports on loopback only', () => {
    expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('mounts files that exist, or volumes that are declared', () => {
    const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
    const missing = sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(projectRoot, source)) : !Object.hasOwn(compose.volumes, source),
    );
    expect(missing).toEqual([]);
  });

  test('has no password written down', () => {
    const values = Object.entries(service.environment ?? {}).filter(([name]) => name.endsWith('PASSWORD'));
    expect(values.filter(([name, value]) => value !== `\${${name}:-}`)).toEqual([]);
  });
});

describe('compose', () => {
  test('publishes no port twice', () => {
    const published = services.flatMap(([, service]) => service.ports ?? []);
    const outer = published.map((port) => `${port.split(':')[1]}/${port.endsWith('/udp') ? 'udp' : 'tcp'}`);
    expect(outer).toEqual([...new Set(outer)]);
  });

  test('publishes for nginx what nginx listens on', () => {
    const listens = [...read('deploy/nginx.conf').matchAll(/listen (\d+);/g)].map((match) => match[1]);
    expect((compose.services['nginx']?.ports ?? []).map((port) => port.split(':')[2])).toEqual(listens);
  });

  test('has nginx lead each published port to the same port on loopback', () => {
    const inner = [...read('deploy/nginx.conf').matchAll(/^ {2}(\d+) (\d+);$/gm)].map(
      (match) => `${match[2]}:${match[1]}`,
    );
    expect((compose.services['nginx']?.ports ?? []).map((port) => port.replace('127.0.0.1:', ''))).toEqual(inner);
  });

  test('starts two nodes', () => {
    expect(services.filter(([, service]) => service.build === '.').map(([name]) => name)).toEqual(['node-1', 'node-2']);
  });
});

describe.each(dockerfiles)('%s', (dockerfile) => {
  const folder = join(projectRoot, dockerfile, '..');

  test('builds on pinned images', () => {
    const images = instructions(dockerfile, 'FROM').map((from) => from.split(' ')[0] ?? '');
    expect(images.filter((image) => !PINNED.test(image))).toEqual([]);
  });

  test('copies files that exist', () => {
    const copied = instructions(dockerfile, 'COPY').filter((line) => !line.startsWith('--from='));
    const sources = copied.flatMap((line) => line.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(folder, source)))).toEqual([]);
  });
});

describe('the image of the server', () => {
  test('has the Node that set-up fetches', () => {
    const images = instructions('Dockerfile', 'FROM').map((from) => from.split(' ')[0]);
    expect(new Set(images)).toEqual(new Set([`node:${NODE_VERSION}-bookworm-slim`]));
  });

  test('does not run as root', () => {
    expect(instructions('Dockerfile', 'USER')).toEqual(['node']);
  });

  test('has a health check', () => {
    expect(instructions('Dockerfile', 'HEALTHCHECK')).toHaveLength(1);
  });

  test('leaves out what set-up and the server write', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const line of read('.gitignore')
      .split('\n')
      .filter((one) => one.endsWith('/'))) {
      expect(ignored).toContain(line.slice(0, -1));
    }
  });
});

test.each(['deploy/openldap/start', 'deploy/kdc/start', '.ci/run'])('%s is executable', (file) => {
  expect(() => accessSync(join(projectRoot, file), constants.X_OK)).not.toThrow();
});
