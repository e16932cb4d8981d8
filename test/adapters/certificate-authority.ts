/** @module A certification authority for tests, made with openssl: root → intermediate → leaf, and every way to get it wrong. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  readonly name: string;
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  readonly issuer?: Issued;
  readonly ca?: boolean;
  readonly san?: string;
  readonly usage?: string;
  readonly key?: readonly string[];
  /** `YYYYMMDDHHMMSSZ`. */
  readonly from?: string;
  readonly to?: string;
}

export function createAuthority(folder: string) {
  const run = (args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  let serial = 1;

  return {
    run,
    issue(name: string, options: IssueOptions = {}): Issued {
      const { issuer, ca = false, san = 'DNS:localhost', usage = 'serverAuth', key = p256 } = options;
      const { from = '20200101000000Z', to = '20491231000000Z' } = options;
      run(['genpkey', ...key, '-out', `${name}.key`]);
      run(['req', '-new', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.csr`]);
      const extensions = [
        `basicConstraints=critical,CA:${ca ? 'TRUE' : 'FALSE'}`,
        ca ? 'keyUsage=critical,keyCertSign,cRLSign' : 'keyUsage=critical,digitalSignature',
        ...(ca
          ? []
          : [...(usage === '' ? [] : [`extendedKeyUsage=${usage}`]), ...(san === '' ? [] : [`subjectAltName=${san}`])]),
      ];
      const signer = issuer?.name ?? name;
      const database = [
        '[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index.txt\nserial=serial\ndefault_md=sha256\npolicy=p\nunique_subject=no',
        `[p]\ncommonName=supplied\n[e]\n${extensions.join('\n')}\n`,
      ];
      writeFileSync(join(folder, 'ca.cnf'), database.join('\n'));
      writeFileSync(join(folder, 'index.txt'), '');
      writeFileSync(join(folder, 'serial'), `${(0x1000 + serial).toString(16)}\n`);
      serial += 1;
      const sign = issuer === undefined ? ['-selfsign'] : ['-cert', `${signer}.crt`];
      const dates = ['-startdate', from, '-enddate', to];
      run([
        ...['ca', '-batch', '-config', 'ca.cnf', '-extensions', 'e', '-keyfile', `${signer}.key`, ...sign, ...dates],
        ...['-in', `${name}.csr`, '-notext', '-out', `${name}.crt`],
      ]);
      const read = (ending: string) => readFileSync(join(folder, `${name}.${ending}`), 'utf8');
      return { name, cert: read('crt'), key: read('key') };
    },
  };
}
