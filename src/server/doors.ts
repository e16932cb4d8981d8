/** @module The listeners of a server: HTTP and, where there is a key pair, HTTPS, on the public and the management side. */

import type { RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { HomeFolder } from '../adapters/home-folder.ts';
import { type AnswerUnreadable, type Listener, maxTicketHeaderBytes, openListener } from '../adapters/listener.ts';
import type { TlsKeyPair } from '../adapters/tls-key-pair.ts';
import { watchKeyPair } from '../adapters/watch-key-pair.ts';
import type { Configuration, TlsConfiguration } from '../config/configuration.ts';
import type { Clock } from '../spi/clock.ts';
import type { Logger } from '../spi/logger.ts';
import type { Closers } from './closers.ts';
import { stacksOf } from './domains.ts';
import { hostNamesOf } from './host-names.ts';
import { clientCertificatesOf } from './truststores.ts';

export interface DoorsOptions {
  readonly configuration: Configuration;
  readonly home: HomeFolder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly portOffset: number;
  readonly truststores: Parameters<typeof clientCertificatesOf>[1];
  readonly closers: Closers;
  readonly publicApp: FastifyInstance;
  readonly managementApp: FastifyInstance;
  readonly answerUnreadable: AnswerUnreadable;
}

export interface Doors {
  readonly publicPorts: { readonly http: number; readonly https?: number };
  managementUrl(): string;
  /** Until then every request is answered 503: ports are bound first, because URLs follow from them. */
  open(): Promise<void>;
  drain(graceMs: number): Promise<void>;
}

interface SecureDoor {
  readonly tls: TlsConfiguration;
  readonly port: number;
  readonly hostNames: readonly string[];
}

export async function openDoors(options: DoorsOptions): Promise<Doors> {
  const { configuration, home, publicApp, managementApp } = options;
  const { bind, ports } = configuration;
  let opened = false;
  const maxHeaderBytes = takesTickets(configuration) ? maxTicketHeaderBytes : undefined;
  /** Management drains last, so that whoever asks for readiness hears "no" and not a closed door. */
  const listeners: { readonly publicSide: Listener[]; readonly managementSide: Listener[] } = {
    publicSide: [],
    managementSide: [],
  };
  const guarded =
    (app: FastifyInstance): RequestListener =>
    (request, response) => {
      if (opened) app.routing(request, response);
      else response.writeHead(503, { 'retry-after': '1' }).end();
    };

  async function bindSide(side: Listener[], app: FastifyInstance, host: string, http: number, secure?: SecureDoor) {
    const handler = guarded(app);
    side.push(await openPort(host, http, handler));
    if (secure === undefined) return;
    let listener: Listener | undefined;
    const pair = await watchKeyPair({
      certificate: home.inConfiguration(secure.tls.certificate),
      key: home.inConfiguration(secure.tls.key),
      hostNames: secure.hostNames,
      clock: options.clock,
      logger: options.log,
      onChange: (next) => listener?.replaceTls(next),
    });
    options.closers.add(pair, (open) => open.close());
    listener = await openPort(host, secure.port, handler, pair.current(), secure.tls);
    side.push(listener);
  }

  async function openPort(
    host: string,
    port: number,
    handler: RequestListener,
    pair?: TlsKeyPair,
    tls?: TlsConfiguration,
  ): Promise<Listener> {
    const { portOffset, answerUnreadable } = options;
    const clientCertificates = tls && clientCertificatesOf(tls, options.truststores);
    const bound = port === 0 ? 0 : port + portOffset;
    const listener = await openListener({
      host,
      port: bound,
      handler,
      answerUnreadable,
      maxHeaderBytes,
      tls: pair,
      clientCertificates,
    });
    return options.closers.add(listener, (open) => open.close(0));
  }

  const { tls, managementTls } = configuration;
  const publicDoor = tls && { tls, port: ports.https, hostNames: hostNamesOf(configuration) };
  const managementDoor = managementTls && { tls: managementTls, port: ports.managementHttps, hostNames: [] };
  await bindSide(listeners.publicSide, publicApp, bind.public, ports.http, publicDoor);
  await bindSide(listeners.managementSide, managementApp, bind.management, ports.managementHttp, managementDoor);

  const [publicHttp, publicHttps] = listeners.publicSide;
  const [managementHttp] = listeners.managementSide;
  return {
    publicPorts: { http: publicHttp?.port ?? 0, ...(publicHttps === undefined ? {} : { https: publicHttps.port }) },
    managementUrl: () => `http://localhost:${managementHttp?.port ?? 0}`,
    async open() {
      await Promise.all([publicApp.ready(), managementApp.ready()]);
      opened = true;
    },
    async drain(graceMs) {
      await Promise.all(listeners.publicSide.map((listener) => listener.close(graceMs)));
      await Promise.all(listeners.managementSide.map((listener) => listener.close(0)));
    },
  };
}

function takesTickets({ securityDomains }: Configuration): boolean {
  return securityDomains.some((domain) =>
    stacksOf(domain).some(({ modules }) => modules.some(({ code }) => code === 'SPNEGO')),
  );
}
