/** @module curl, as a client that nobody here wrote: status and body of one request. */
import { execFile } from 'node:child_process';

export interface CurlAnswer {
  /** 0: there was no answer. */
  readonly status: number;
  readonly body: string;
}

export function curl(...args: readonly string[]): Promise<CurlAnswer> {
  return new Promise((resolve) => {
    const all = ['--silent', '--max-time', '20', '--noproxy', '*', '--write-out', '\n%{http_code}', ...args];
    execFile('curl', all, (_error, stdout) => {
      const end = stdout.lastIndexOf('\n');
      resolve({ status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) });
    });
  });
}
