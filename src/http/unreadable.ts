/** @module The answer to bytes that are no HTTP request: Fastify never sees them, so it is written out here. */
import { type ErrorCode, GatehouseError } from '../spi/errors.ts';
import { errorPage, publicErrorOf } from './error-response.ts';
import { renderPage, securityHeaders } from './page.ts';
import { type RefusalRecorder, recordRefusal } from './refusal.ts';

interface Meaning {
  readonly status: number;
  readonly code: ErrorCode;
}

/** By Node's code. Cookies and URLs without end come as an overflow. */
const meanings: Readonly<Record<string, Meaning>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'ERR_REQUEST_TOO_LARGE' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'ERR_REQUEST_TOO_LARGE' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'ERR_REQUEST_MALFORMED' },
};
const notARequest: Meaning = { status: 400, code: 'ERR_REQUEST_MALFORMED' };

/** Records the refusal and gives the whole answer: status line, headers, page. */
export function createUnreadableAnswer(options: RefusalRecorder) {
  // Not by `import`, which is dear (src/adapters/node-http.ts).
  const { STATUS_CODES } = process.getBuiltinModule('node:http');
  return async (fault: string, sourceAddress: string): Promise<string> => {
    const meaning = meanings[fault] ?? notARequest;
    const refused = new GatehouseError(meaning.code, 'bytes that are no HTTP request', { facts: { fault } });
    const { error, decision } = await recordRefusal(options, { error: refused, route: 'unknown', sourceAddress });
    const { code } = error;
    const status = code === meaning.code ? meaning.status : publicErrorOf(code).status;
    options.logger.info({ code, decision, ...refused.facts }, refused.message);
    const page = renderPage(errorPage(publicErrorOf(code), code, decision));
    const headers = {
      ...securityHeaders,
      ...page.headers,
      'content-length': String(Buffer.byteLength(page.body)),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${page.body}`;
  };
}
