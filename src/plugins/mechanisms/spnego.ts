/** @module HTTP mechanism SPNEGO (RFC 4559): Kerberos tickets in the Authorization header; asked for only where a browser answers by itself. */
import { z } from 'zod';
import {
  defineHttpMechanism,
  type MechanismChallenge,
  type MechanismRequest,
  type MechanismResult,
} from '../../spi/http-mechanism.ts';
import { maxNegotiateTokenBytes } from '../../spi/kerberos-acceptor.ts';
import { Secret } from '../../spi/secret.ts';
import { type IsInside, parseBlock } from '../../wire/address-block.ts';

const maxListed = 256;
/** A working day: who has got a ticket meanwhile is asked again in the morning. */
const defaultAgainSeconds = 28_800;
const maxAgainSeconds = 31 * 86_400;

/** RFC 1918, RFC 4193, loopback and link-local: where desktops of a Kerberos realm are, and nobody from outside. */
const privateNetworks = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16'],
  ...['::1', 'fc00::/7', 'fe80::/10'],
];

const options = z.strictObject({
  networks: z
    .array(
      z
        .string()
        .refine((text) => parseBlock(text) !== undefined, 'must be an IP address or a block such as 10.0.0.0/8'),
    )
    .min(1)
    .max(maxListed)
    .default(privateNetworks)
    .describe(
      'Addresses of clients that are asked for a ticket; nobody else ever is. The private networks where it is left out. Behind a proxy set `trusted-proxies`, or every client has its address.',
    ),
  hosts: z
    .array(z.string().min(1).max(253).toLowerCase())
    .min(1)
    .max(maxListed)
    .optional()
    .describe(
      'Host names under which tickets are asked for, such as the internal one of several. Any where it is left out.',
    ),
  'probe-again-seconds': z
    .int()
    .min(1)
    .max(maxAgainSeconds)
    .default(defaultAgainSeconds)
    .describe('A browser that was asked once and had no ticket is not asked again for so long, in seconds.'),
});

/** Base64 of the largest token. */
const maxCredentialsLength = Math.ceil(maxNegotiateTokenBytes / 3) * 4;
const bareChallenge = { 'www-authenticate': 'Negotiate' };

export const spnego = defineHttpMechanism({
  name: 'SPNEGO',
  summary: 'Kerberos tickets that a browser sends by itself (RFC 4559), without a prompt.',
  options,
  create({ networks, hosts, 'probe-again-seconds': againSeconds }) {
    const inside = networks.map(parseBlock).filter((block): block is IsInside => block !== undefined);

    /** Outside of these a Windows browser would show a prompt for name and password: for NTLM, which nobody here takes. */
    function mayBeAsked({ sourceAddress, headers }: MechanismRequest): boolean {
      const named = hosts === undefined || hosts.includes(hostOf(headers['host']));
      return named && inside.some((block) => block(sourceAddress));
    }

    return {
      name: 'SPNEGO',
      // What lies between two legs takes room in the store of all logins: for those only who would be asked.
      evaluate: async ({ exchange, ...request }) =>
        evaluate(exchange !== undefined && mayBeAsked(request) ? { ...request, exchange } : request),
      challenge(request): MechanismChallenge | undefined {
        // Once: a browser that has answered with what is no good would ask its user next.
        if (hasAnswered(request) || !mayBeAsked(request)) return undefined;
        return isNavigation(request)
          ? { kind: 'probe', headers: bareChallenge, againSeconds }
          : { kind: 'header', status: 401, headers: bareChallenge };
      },
      furtherLeg: (token) => ({ 'www-authenticate': `Negotiate ${Buffer.from(token).toString('base64')}` }),
      async complete(_request, { replies }) {
        const [reply] = replies;
        if (reply === undefined) return {};
        return { 'www-authenticate': `Negotiate ${Buffer.from(reply).toString('base64')}` };
      },
    };
  },
});

/** A token of any kind is evidence, also none at all or one of NTLM: the domain says what is wrong with it, and keeps it on record. */
function evaluate({ headers, exchange, channelBinding }: MechanismRequest): MechanismResult {
  const header = headers['authorization'];
  if (header === undefined || !/^negotiate(?: |$)/i.test(header)) return { status: 'not-attempted' };
  const encoded = header.slice('negotiate'.length).trim();
  if (encoded.length > maxCredentialsLength) return { status: 'malformed', note: 'too long' };
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return { status: 'malformed', note: 'not base64' };
  return {
    status: 'evidence',
    evidence: {
      kind: 'negotiate',
      token: new Secret(new Uint8Array(Buffer.from(encoded, 'base64'))),
      ...(exchange === undefined ? {} : { exchange }),
      ...(channelBinding === undefined ? {} : { channelBinding }),
    },
  };
}

function hasAnswered({ headers }: MechanismRequest): boolean {
  return /^(?:negotiate|ntlm)(?: |$)/i.test(headers['authorization'] ?? '');
}

/** A browser goes to a page, and a program fetches something: the one can be sent to a page of ours, the other cannot. */
function isNavigation({ method, headers }: MechanismRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && /(?:^|[\s,])text\/html(?:$|[\s,;])/i.test(headers['accept'] ?? '');
}

/** Without the port; an IPv6 address without its brackets. */
function hostOf(field: string | undefined): string {
  const host = (field ?? '').toLowerCase().replace(/:\d*$/, '');
  return host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
