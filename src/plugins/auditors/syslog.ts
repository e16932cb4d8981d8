/** @module Audit provider Syslog: records to a collector by RFC 5424, over UDP, TCP or TLS. */
import { z } from 'zod';
import { defineAuditProvider } from '../../spi/audit.ts';
import { optionFlag, optionText } from '../../spi/option-values.ts';
import { buildSyslogMessage, leastSyslogBytes, syslogFacilities } from '../../wire/audit/syslog-message.ts';

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** RFC 5426 §3.3, RFC 6587 §3.2 (514 by custom), RFC 5425 §4.1. */
const ports = { udp: 514, tcp: 514, tls: 6514 } as const;
/** Of documentation (RFC 5612): whoever has a number of his own sets it. */
const exampleEnterprise = 32_473;
/** What rsyslog takes where nothing else is said. */
const usualBytes = 8192;
/** The largest datagram of IPv4. */
const maxBytes = 65_507;

const options = z.strictObject({
  transport: z
    .enum(['udp', 'tcp', 'tls'])
    .default('tcp')
    .describe(
      '`udp` (RFC 5426) loses records unseen; `tcp` (octet counting, RFC 6587) those on their way; `tls` (RFC 5425) is `tcp` protected.',
    ),
  host: optionText.prefault('localhost').describe('The collector.'),
  port: whole(1, 65_535).optional().describe('514 for udp and tcp, 6514 for tls where it is left out.'),
  facility: z
    .enum(syslogFacilities)
    .default('authpriv')
    .describe('The facility of RFC 5424: `user`, `authpriv`, `local0` …'),
  'app-name': optionText.prefault('gatehouse').describe('APP-NAME of the messages.'),
  'structured-data': optionFlag
    .prefault(true)
    .describe('Repeat the main fields as structured data, `[gatehouse@32473 …]`.'),
  'enterprise-number': whole(1, 2 ** 31 - 1)
    .default(exampleEnterprise)
    .describe('The private enterprise number in the name of the structured data.'),
  'max-length': whole(leastSyslogBytes, maxBytes)
    .default(usualBytes)
    .describe(
      'Bytes of a message. A longer one loses its trace, then the ends of long names; `cut` in the record says so.',
    ),
  ca: optionText
    .optional()
    .describe('tls: PEM file of the authorities to believe; those of Node.js where it is left out.'),
  'server-name': optionText
    .optional()
    .describe("tls: what the collector's certificate must name; `host` where it is left out."),
  certificate: optionText.optional().describe('tls: PEM file, a client certificate with its chain.'),
  key: optionText.optional().describe('tls: PEM file, the key of `certificate`.'),
});

export const syslogAudit = defineAuditProvider({
  code: 'Syslog',
  summary: 'Records to a syslog collector (RFC 5424).',
  options,
  async create(read, services) {
    const { transport, host, ca, certificate, key, 'server-name': serverName } = read;
    const tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    };
    const sink = await services.openSyslog({
      transport,
      host,
      port: read.port ?? ports[transport],
      ...(transport === 'tls' ? { tls } : {}),
    });
    const form = {
      facility: read.facility,
      appName: read['app-name'],
      hostName: services.hostName,
      processId: services.processId,
      maxBytes: read['max-length'],
      ...(read['structured-data'] ? { enterpriseNumber: read['enterprise-number'] } : {}),
    };
    return {
      record: (event, signal) => sink.append(buildSyslogMessage(event, form), signal),
      close: () => sink.close(),
    };
  },
});
