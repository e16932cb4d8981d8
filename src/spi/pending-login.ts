/** @module The record of a parked request: what is kept while its sender logs in, and how it is checked when it is read back. */
import { z } from 'zod';
import { type Factor, factors } from './factors.ts';

/** Raised when the record changes so that an older node could misread it. */
export const PENDING_LOGIN_VERSION = 2;

export interface PendingLogin {
  readonly domain: string;
  /** Which mechanisms may answer, and who decides: the name of a mechanism stack, such as `application:sampleApp1`. */
  readonly entrance: string;
  /** Display name of where the person goes. */
  readonly application?: string;
  /** What has to be proved beyond what the domain asks for anyway. */
  readonly factors?: readonly Factor[];
  /** A path of this server, such as `/saml/idp/continue`: never one that leads to another host. */
  readonly resumePath: string;
  /** Opaque to the login page; only the endpoint that parked it reads it. */
  readonly state: string;
  /** SHA-256 of the key of the browser that may log in with it; absent until a request has come with the browser's cookies. */
  readonly browser?: string;
  readonly parkedAt: number;
}

/** A path on this host. To a browser `//host` and `/\host` name another one, and control characters can hide that (WHATWG URL). */
const OWN_PATH = /^\/(?![/\\])[^\\\p{Cc} ]*$/u;

/** A pending login as it travels. Another version is refused; a field that is not known was added by a newer release. */
export const pendingLoginRecord = z.object({
  version: z.literal(PENDING_LOGIN_VERSION),
  domain: z.string(),
  entrance: z.string(),
  application: z.string().exactOptional(),
  factors: z.array(z.enum(factors)).exactOptional(),
  resumePath: z.string().regex(OWN_PATH),
  state: z.string(),
  browser: z.string().exactOptional(),
  parkedAt: z.number(),
});
