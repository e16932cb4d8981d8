/** @module Debian's rsyslogd in the foreground: one transport on a port of its own, every message a line of a file as it came. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, type ServerProcess, startServerProcess, temporaryFolder } from './server-process.ts';

export interface RsyslogTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  /** Clients must show a certificate of the authority. */
  readonly mutual: boolean;
}

export interface Rsyslog {
  readonly port: number;
  /** What it has received, each message in one text. */
  messages(): readonly string[];
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  close(): Promise<void>;
}

export async function startRsyslog(transport: 'udp' | 'tcp' | 'tls', tls?: RsyslogTls): Promise<Rsyslog> {
  const folder = temporaryFolder('rsyslog');
  const port = await freePort();
  const file = (name: string) => join(folder.path, name);
  writeFileSync(file('rsyslog.conf'), configuration(transport, port, file, tls));
  const start = (): Promise<ServerProcess> =>
    startServerProcess({
      file: '/usr/sbin/rsyslogd',
      args: ['-n', '-f', file('rsyslog.conf'), '-i', file('pid')],
      account: {},
      cwd: folder.path,
      ready: port,
      stopSignal: 'SIGTERM',
    });
  let server = await start();
  return {
    port,
    messages: () => (existsSync(file('out')) ? readFileSync(file('out'), 'utf8').split('\n').slice(0, -1) : []),
    stop: () => server.stop(),
    async startAgain() {
      server = await start();
    },
    async close() {
      await server.stop();
      folder.remove();
    },
  };
}

function configuration(transport: string, port: number, file: (name: string) => string, tls?: RsyslogTls): string {
  const driver =
    tls === undefined
      ? []
      : [
          `global(defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${tls.ca}"`,
          `  defaultNetstreamDriverCertFile="${tls.certificate}" defaultNetstreamDriverKeyFile="${tls.key}")`,
        ];
  const auth = tls?.mutual === true ? 'x509/certvalid' : 'anon';
  const module =
    tls === undefined
      ? `${transport === 'udp' ? 'module(load="imudp")\n' : ''}module(load="imtcp")`
      : `module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="${auth}")`;
  // With UDP also TCP on the same port: it says when the collector is up.
  const inputs = transport === 'udp' ? ['imudp', 'imtcp'] : ['imtcp'];
  return [
    `global(workDirectory="${file('')}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="on")`,
    ...driver,
    module,
    ...inputs.map((input) => `input(type="${input}" port="${port}" address="127.0.0.1")`),
    'template(name="raw" type="string" string="%rawmsg%\\n")',
    `action(type="omfile" file="${file('out')}" template="raw" asyncWriting="off" flushOnTXEnd="on")`,
    '',
  ].join('\n');
}
