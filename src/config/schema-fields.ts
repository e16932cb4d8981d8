/** @module The kinds of value that `gatehouse.yaml` is made of: names, paths, addresses, durations, each with its limits. */
import { isIP } from 'node:net';
import { z } from 'zod';

/** No honest value of a configuration is longer; a log line or an error page may have to carry it. */
const maxTextCharacters = 1024;
/** Names appear in URLs, cookies, metrics and file names. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** C0 and C1 controls and DEL: header injection and terminal escapes begin with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const noControls = /^[^\u0000-\u001f\u007f-\u009f]*$/;
/** More entries than this in one list is a generated mistake. */
export const maxEntries = 1000;

export const text = () =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(maxTextCharacters)
    .regex(noControls, 'must not contain control characters');

export const name = () =>
  z
    .string()
    .regex(
      namePattern,
      'must be 1 to 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit',
    );

/** A file: below the configuration folder, below the home when it begins with `data/`, or absolute. */
export const path = () => text().max(512);

export const seconds = (least: number, most: number) => z.int().min(least).max(most);

/** 0: any free port. */
export const port = () => z.int().min(0).max(65_535);

export const address = () =>
  text().refine((value) => isIP(value) !== 0 || value === 'localhost', 'must be an IP address or localhost');

const hostLabel = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

export const hostName = () =>
  text()
    .max(253)
    .refine(
      (value) => isIP(value) !== 0 || value.split('.').every((label) => hostLabel.test(label)),
      'must be a host name or an IP address',
    );

function isBlock(value: string): boolean {
  const [host = '', bits, ...rest] = value.split('/');
  const family = isIP(host);
  if (family === 0 || rest.length > 0) {
    return false;
  }
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

export const addressBlock = () => text().refine(isBlock, 'must be an IP address or a block such as 10.0.0.0/8');

function isOrigin(value: string, schemes: readonly string[]): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !schemes.includes(url.protocol)) {
    return false;
  }
  const bare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return bare && url.hostname !== '' && !/[?#@\s]/.test(value);
}

export const origin = () =>
  text().refine(
    (value) => isOrigin(value, ['http:', 'https:']),
    'must be http:// or https://, a host and perhaps a port, and no path',
  );

/** The upstream of an application: one loopback or private hop that Gatehouse stands in front of. */
export const upstreamOrigin = () =>
  text().refine((value) => isOrigin(value, ['http:']), 'must be http://, a host and perhaps a port, and no path');

/** One or more segments, none empty, dotted or escaped: what `/x` means must not depend on who decodes it. */
export const contextPath = () =>
  text().regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/,
    'must begin with /, not end with it, and hold only letters, digits, dots, hyphens, underscores and tildes',
  );

function isUrlPattern(value: string): boolean {
  if (value.startsWith('*.')) {
    return /^\*\.[^/*]+$/.test(value);
  }
  const fixed = value.endsWith('/*') ? value.slice(0, -1) : value;
  return fixed.startsWith('/') && !/[*?#%;\\]/.test(fixed) && !/\/\/|\/\.{1,2}(?:\/|$)/.test(fixed);
}

/** Servlet 3.1 §12.2, written decoded. */
export const urlPattern = () =>
  text().refine(isUrlPattern, 'must be /exact, /prefix/*, *.extension or /, decoded and without . or .. segments');
