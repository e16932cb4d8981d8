/** @module Audit provider Redis: records into a stream. */
import { z } from 'zod';
import { defineAuditProvider } from '../../spi/audit.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { Secret } from '../../spi/secret.ts';
import { buildAuditRecord } from '../../wire/audit/record.ts';

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const defaultPort = 6379;
/** Some gigabytes in Redis at two kilobytes a login: a collector reads the stream long before. */
const usualLength = 1_000_000;

const options = z.strictObject({
  host: optionText.prefault('localhost').describe('The Redis server.'),
  port: whole(1, 65_535).default(defaultPort).describe('Its port.'),
  database: whole(0, 1023).default(0).describe('The number of the database.'),
  username: optionText.optional().describe('A user of its access list (ACL).'),
  password: optionText.optional().describe('A secret: it must come from the environment, a file or the vault.'),
  stream: optionText
    .prefault('gatehouse:audit')
    .describe('The key of the stream. Its entries have the fields `type` and `record`.'),
  'max-length': whole(1, 2 ** 31 - 1)
    .default(usualLength)
    .describe('About so many entries are kept (MAXLEN ~).'),
  tls: optionFlag.prefault(false).describe('TLS to the server.'),
  ca: optionText
    .optional()
    .describe('tls: PEM file of the authorities to believe; those of Node.js where it is left out.'),
  'server-name': optionText
    .optional()
    .describe("tls: what the server's certificate must name; `host` where it is left out."),
  certificate: optionText.optional().describe('tls: PEM file, a client certificate with its chain.'),
  key: optionText.optional().describe('tls: PEM file, the key of `certificate`.'),
});

export const redisAudit = defineAuditProvider({
  code: 'Redis',
  summary: 'Records into a Redis stream.',
  options,
  secretOptions: ['password'],
  async create(read, services) {
    const { host, port, database, username, password, stream, ca, certificate, key, 'server-name': serverName } = read;
    const tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    };
    const sink = await services.openRedisStream({
      ...{ host, port, database, stream },
      maxLength: read['max-length'],
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password: new Secret(password) }),
      ...(read.tls ? { tls } : {}),
    });
    return {
      record: (event, signal) => sink.append(buildAuditRecord(event), signal),
      close: () => sink.close(),
    };
  },
});
