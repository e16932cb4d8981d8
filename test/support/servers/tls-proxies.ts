/** @module nginx, httpd and HAProxy on loopback, each ending TLS, asking for client certificates and handing them on in its own way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startServerProcess, temporaryFolder } from './server-process.ts';

export interface TlsProxy {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ProxyMaterial {
  readonly serverPem: string;
  readonly serverKeyPem: string;
  /** The authorities whose certificates it lets through. */
  readonly authoritiesPem: string;
  /** `host:port`, plain HTTP. */
  readonly upstream: string;
}

export type ProxyKind = 'nginx' | 'apache' | 'haproxy' | 'haproxy-rfc9440';

interface Command {
  readonly file: string;
  readonly args: (folder: string) => readonly string[];
  readonly configuration: (folder: string, port: number, upstream: string) => string;
}

const commands: Readonly<Record<ProxyKind, Command>> = {
  nginx: {
    file: '/usr/sbin/nginx',
    args: (folder) => ['-p', folder, '-c', join(folder, 'proxy.conf'), '-e', join(folder, 'error.log')],
    configuration: (
      folder,
      port,
      upstream,
    ) => `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3; uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${folder}/server.crt; ssl_certificate_key ${folder}/server.key;
    ssl_client_certificate ${folder}/authorities.crt; ssl_verify_client optional; ssl_verify_depth 4;
    location / {
      proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
      proxy_set_header X-Forwarded-Proto https;
      proxy_pass http://${upstream};
    }
  }
}
`,
  },
  apache: {
    file: '/usr/sbin/apache2',
    args: (folder) => ['-X', '-d', folder, '-f', join(folder, 'proxy.conf')],
    configuration: (
      folder,
      port,
      upstream,
    ) => `${['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'socache_shmcb', 'ssl'].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
Mutex file:${folder}
Listen 127.0.0.1:${port}
SSLEngine on
SSLCertificateFile ${folder}/server.crt
SSLCertificateKeyFile ${folder}/server.key
SSLCACertificateFile ${folder}/authorities.crt
SSLVerifyClient optional
SSLVerifyDepth 4
RequestHeader set X-SSL-Client-Cert "%{SSL_CLIENT_CERT}s"
RequestHeader set X-Forwarded-Proto https
ProxyPass / http://${upstream}/
`,
  },
  haproxy: haproxy(
    'http-request set-header X-SSL-Client-Cert %[ssl_c_der,base64] if { ssl_c_used }',
    'X-SSL-Client-Cert',
  ),
  'haproxy-rfc9440': haproxy(
    'http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }',
    'Client-Cert',
  ),
};

function haproxy(setHeader: string, header: string): Command {
  return {
    file: '/usr/sbin/haproxy',
    args: (folder) => ['-db', '-f', join(folder, 'proxy.conf')],
    configuration: (folder, port, upstream) => `global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend public
  bind 127.0.0.1:${port} ssl crt ${folder}/both.pem ca-file ${folder}/authorities.crt verify optional
  http-request del-header ${header}
  ${setHeader}
  http-request set-header X-Forwarded-Proto https
  default_backend gatehouse
backend gatehouse
  server one ${upstream}
`,
  };
}

export async function startTlsProxy(kind: ProxyKind, material: ProxyMaterial): Promise<TlsProxy> {
  const command = commands[kind];
  const folder = temporaryFolder(kind);
  const file = (name: string) => join(folder.path, name);
  const port = await freePort();
  mkdirSync(file('logs'));
  writeFileSync(file('server.crt'), material.serverPem);
  writeFileSync(file('server.key'), material.serverKeyPem);
  writeFileSync(file('both.pem'), material.serverPem + material.serverKeyPem);
  writeFileSync(file('authorities.crt'), material.authoritiesPem);
  writeFileSync(file('proxy.conf'), command.configuration(folder.path, port, material.upstream));
  const running = await startServerProcess({
    file: command.file,
    args: command.args(folder.path),
    account: {},
    cwd: folder.path,
    ready: port,
    stopSignal: 'SIGTERM',
  });
  return {
    url: `https://localhost:${port}`,
    async stop() {
      await running.stop();
      folder.remove();
    },
  };
}
