/** @module The settings of sessions: how long they live, and how applications are told that one has ended. */
import { z } from 'zod';
import { seconds } from './schema-fields.ts';

const weekSeconds = 7 * 24 * 3600;
/** RFC 6265bis §5.5 caps the life of a cookie at 400 days; a session should be far below. */
const monthSeconds = 30 * 24 * 3600;

const logoutSchema = z.strictObject({
  'answer-seconds': seconds(1, 60)
    .default(8)
    .describe('How long an application may take to answer one message about a logout, in seconds.'),
  'give-up-seconds': seconds(10, 86_400)
    .default(600)
    .describe('How long an application that cannot be reached is tried again, in seconds.'),
  'on-expiry': z
    .enum(['leave', 'tell'])
    .default('leave')
    .describe(
      '`tell`: when a session idles out or expires, applications with a SOAP endpoint are told as at a logout.',
    ),
});

export const sessionsSchema = z.strictObject({
  'cookie-name': z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens or underscores')
    .default('GATEHOUSESSO')
    .describe('The cookie that carries the session.'),
  'idle-seconds': seconds(1, weekSeconds)
    .default(1800)
    .describe('A session ends when it is not used for so long, in seconds.'),
  'lifetime-seconds': seconds(1, monthSeconds)
    .default(36_000)
    .describe('A session ends this long after the login, whatever happens, in seconds.'),
  logout: logoutSchema.default(() => logoutSchema.parse({})).describe('How applications are told of a logout.'),
});

export interface SessionsConfiguration {
  readonly cookieName: string;
  readonly idleSeconds: number;
  readonly lifetimeSeconds: number;
  readonly logout: {
    readonly answerSeconds: number;
    readonly giveUpSeconds: number;
    readonly onExpiry: 'leave' | 'tell';
  };
}
