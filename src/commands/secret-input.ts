/** @module Takes a secret from a person without showing it, or from standard input to its end; never from the command line. */
import { GatehouseError } from '../spi/errors.ts';
import { Secret } from '../spi/secret.ts';

/** `problem`: the person gave up, or what came is not one. */
export type SecretInput = { readonly secret: Secret<string> } | { readonly problem: string };

const interrupt = '\u0003';
const endOfFile = '\u0004';
const backspaces = ['\u007f', '\b'];

/** Asks twice at a terminal, because nobody sees what he types. From a pipe one last line feed is not part of the secret. */
export async function readSecret(what: string, maxBytes: number): Promise<SecretInput> {
  const { stdin } = process;
  const text = stdin.isTTY ? await askTwice(what) : await readAll(maxBytes);
  if (typeof text === 'object') return text;
  if (text === '') return { problem: 'no value was given' };
  if (Buffer.byteLength(text) > maxBytes) return { problem: `the value has more than ${maxBytes} bytes` };
  return { secret: new Secret(text) };
}

type Typed = string | { readonly problem: string };

/** One look at the keys for both questions: what is typed ahead belongs to the second one. */
async function askTwice(what: string): Promise<Typed> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    const keys = keysFrom(stdin);
    const first = await ask(`${what}: `, keys);
    if (typeof first === 'object') return first;
    const second = await ask('The same again: ', keys);
    return typeof second === 'object' || first === second ? second : { problem: 'the two are not the same' };
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

async function* keysFrom(stdin: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  for await (const typed of stdin) yield* String(typed);
}

/** The question goes to standard error: standard output belongs to the answer of the command. */
async function ask(question: string, keys: AsyncGenerator<string, void>): Promise<Typed> {
  process.stderr.write(question);
  let typed: readonly string[] = [];
  for (let next = await keys.next(); next.done !== true; next = await keys.next()) {
    const key = next.value;
    if (key === '\r' || key === '\n') {
      process.stderr.write('\n');
      return typed.join('');
    }
    if (key === interrupt || key === endOfFile) break;
    typed = backspaces.includes(key) ? typed.slice(0, -1) : [...typed, key];
  }
  process.stderr.write('\n');
  return { problem: 'given up' };
}

async function readAll(maxBytes: number): Promise<Typed> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin) {
    const bytes = Buffer.from(piece);
    length += bytes.length;
    // Two more for the line feed that does not count.
    if (length > maxBytes + 2) return { problem: `the value has more than ${maxBytes} bytes` };
    pieces.push(bytes);
  }
  const bytes = Buffer.concat(pieces);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) {
    throw new GatehouseError('ERR_CONFIG_INVALID', 'the value is not UTF-8 text');
  }
  return text.replace(/\r?\n$/, '');
}
