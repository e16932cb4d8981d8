/** @module Login module TokenUsers, an example of one's own: machines with several access tokens each, and roles for each token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { defineLoginModule, GatehouseError, usernamePasswordModule, usernamePasswordOptions, z } from 'gatehouse/spi';

const options = z.strictObject({
  file: z.string().default('tokens.json').describe('The tokens, relative to the configuration folder.'),
  role: z.string().optional().describe('A role that everybody gets.'),
  ...usernamePasswordOptions,
});

/** Name → tokens. A token is 32 random bytes, so a plain digest of it cannot be guessed back. */
const tokensSchema = z.record(
  z.string(),
  z.array(z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), roles: z.array(z.string()) })),
);

export default defineLoginModule({
  code: 'TokenUsers',
  summary: 'Machines with several access tokens each. The token decides about the roles.',
  options,
  async create(settings, { watchFile }) {
    const file = await watchFile(
      settings.file,
      (text) => new Map(Object.entries(tokensSchema.parse(JSON.parse(text)))),
    );
    const common = settings.role === undefined ? [] : [settings.role];
    return usernamePasswordModule({
      options: settings,
      async check(name, typed) {
        // "Could not ask" is thrown; a "no" is returned.
        if (file === undefined) throw new GatehouseError('ERR_STORE_UNAVAILABLE', 'the file of tokens cannot be read');
        const shown = createHash('sha256').update(typed.reveal()).digest();
        const tokens = file.current().get(name);
        const token = tokens?.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), shown));
        if (token !== undefined) return { status: 'verified', contribution: { roles: [...common, ...token.roles] } };
        return { status: 'failed', reason: tokens === undefined ? 'unknown-user' : 'bad-credential' };
      },
      contribute: async () => ({ roles: common }),
    });
  },
});
