/** @module `gatehouse keys`: rolls our SAML keys over, step by step, and refuses the steps that would lock partners out. */
import { parseArgs } from 'node:util';
import { type HomeFolder, openExistingHome, openHome } from '../adapters/home-folder.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Configuration } from '../config/configuration.ts';
import { createClosers } from '../server/closers.ts';
import type { KeyRing } from '../spi/key-ring.ts';
import type { Command, ExitCode } from './command.ts';
import { keyAsData, ringAsText } from './keys/list.ts';
import { newPair } from './keys/new-pair.ts';
import { partnersAsData, partnersAsText } from './keys/partners.ts';
import { type KeysRequest, keysOptions, keysRequest } from './keys/request.ts';
import { madeWords, refusalWords, strangerWords } from './keys/words.ts';
import { loadFromHome, toStandardError } from './load-configuration.ts';

const help = `Usage: gatehouse keys list [--partners]
       gatehouse keys add [--for idp|sp] [--use signing|encryption] [--type <type>] [--days <n>]
       gatehouse keys add [--for idp|sp] [--use signing|encryption] --key <file> --certificate <file>
       gatehouse keys publish <key> [--force]
       gatehouse keys activate <key> [--partner <entityID>|--everyone] [--at <instant>] [--force]
       gatehouse keys retire <key> [--erase] [--force]

list      the ring: each key, its state, since when, until when its certificate is good, who was given it by name
add       puts a new key into the ring. Nobody sees it yet
publish   names it in our metadata, beside the active one
activate  signs with it, for everybody or for one partner, now or from an instant on
retire    takes it out of our metadata; with --erase destroys the private key of a retired one

  --for idp|sp            our identity provider (the default) or our service provider
  --use signing|encryption  signing is the default
  --type <type>           rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384; default rsa-2048, for encryption rsa-3072
  --days <n>              how long the certificate is good, default 1095
  --key, --certificate    a pair in PEM that is there already
  --partner <entityID>    for this one alone
  --everyone              also for those that were given another key by name
  --at <instant>          as 2026-12-01T03:00:00Z; all nodes with the same ring switch at this moment
  --force                 against the rules that can be overridden; the audit trail says so
  --partners              what is known of each partner: whether it has which key, and how that is known
  --home <folder>         default ./var
  --json                  the answer as one JSON object

A key is meant by its id, or by the first four digits of it and more. A running server takes a change over within seconds. Each
step is recorded in <home>/log/administration.jsonl. docs/keys.md has the procedure.
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 could not ask.
`;

export const keys: Command = {
  summary: 'roll our SAML keys over: list, add, publish, activate, retire',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: keysOptions });
    const request = keysRequest(positionals, values);
    if (typeof request === 'string') {
      process.stderr.write(`gatehouse keys: ${request}.\nTry "gatehouse keys --help".\n`);
      return 2;
    }
    const folder = values.home ?? 'var';
    const json = values.json === true;
    return request.action === 'list' ? list(folder, request, json) : step(folder, request, json);
  },
};

/** The ring alone: it can be looked at while the configuration is broken. */
async function list(
  folder: string,
  request: Extract<KeysRequest, { action: 'list' }>,
  json: boolean,
): Promise<ExitCode> {
  const home = await openExistingHome(folder);
  const { ringStoreOf } = await import('../server/own-keys.ts');
  const ring = await ringStoreOf(home).read();
  if (request.partners) return listPartners(home, ring, json);
  const now = systemClock.now();
  if (json) {
    const keysOfRing = ring?.keys.map((key) => keyAsData(ring, key, now)) ?? [];
    process.stdout.write(`${JSON.stringify({ revision: ring?.revision ?? 0, keys: keysOfRing }, undefined, 2)}\n`);
    return 0;
  }
  process.stdout.write(
    ring === undefined
      ? 'There is no key ring: what "signing" in gatehouse.yaml names signs. "gatehouse keys add" begins a roll-over.\n'
      : ringAsText(ring, now),
  );
  return 0;
}

async function listPartners(home: HomeFolder, ring: KeyRing | undefined, json: boolean): Promise<ExitCode> {
  const { readSightings } = await import('../server/key-sightings.ts');
  const sightings = await readSightings(home);
  const loaded = await loadFromHome(home);
  if (loaded === undefined) return 1;
  const registered = await registeredPartners(home, loaded.configuration);
  const data = partnersAsData([...new Set([...registered, ...Object.keys(sightings.partners)])], sightings, ring);
  process.stdout.write(json ? `${JSON.stringify(data, undefined, 2)}\n` : partnersAsText(data));
  return 0;
}

/** From files and the copies of earlier fetches: those of a metadata query server are not here. */
async function registeredPartners(home: HomeFolder, { samlIdp }: Configuration): Promise<readonly string[]> {
  const { openPartnersOffline } = await import('../server/saml-offline.ts');
  const sources = samlIdp === undefined ? [] : await openPartnersOffline(home, samlIdp, toStandardError);
  return sources.flatMap(({ partners }) => partners.map(({ entityId }) => entityId));
}

async function step(
  folder: string,
  request: Exclude<KeysRequest, { action: 'list' }>,
  json: boolean,
): Promise<ExitCode> {
  await openExistingHome(folder);
  const home = await openHome(folder);
  const loaded = await loadFromHome(home);
  if (loaded === undefined) return 1;
  const partner = request.action === 'activate' ? request.partner : undefined;
  if (partner !== undefined && request.action === 'activate' && !request.force) {
    const registered = await registeredPartners(home, loaded.configuration);
    if (!registered.includes(partner)) {
      return refused(request.action, json, 'unknown-partner', strangerWords(partner, registered));
    }
  }
  const closers = createClosers();
  const { openKeySteps } = await import('../server/open-key-steps.ts');
  try {
    const steps = openKeySteps(home, { ...loaded, logger: toStandardError }, closers);
    const answer = await take(steps, request);
    const now = systemClock.now();
    const { action } = request;
    if (answer.status === 'unknown-key') {
      const id = 'id' in request ? request.id : '';
      const known = answer.ring?.keys.map((key) => key.id).join(', ') ?? 'there is no key ring';
      return refused(action, json, 'unknown-key', `there is no key that "${id}" alone means (known: ${known}).`);
    }
    if (answer.status === 'refused') {
      const { reason, until, partners, forceable } = answer;
      return refused(action, json, reason, refusalWords(answer), { until, partners, forceable });
    }
    const { ring, key, overridden, forgetting } = answer;
    const text = madeWords('erase' in request && request.erase ? 'erase' : action, ring, key, now, {
      partner,
      forgetting,
    });
    const data = { status: 'done', action, overridden, key: keyAsData(ring, key, now) };
    for (const rule of overridden) process.stderr.write(`warning: forced, against the rule "${rule}"\n`);
    process.stdout.write(json ? `${JSON.stringify(data, undefined, 2)}\n` : text);
    return 0;
  } finally {
    await closers.closeAll();
  }
}

type Steps = ReturnType<typeof import('../server/open-key-steps.ts').openKeySteps>;

async function take(steps: Steps, request: Exclude<KeysRequest, { action: 'list' }>) {
  switch (request.action) {
    case 'add':
      return steps.add({ ...request, ...(await newPair(request.pair, request)) });
    case 'publish':
      return steps.publish(request.id, request);
    case 'activate':
      return steps.activate(request.id, request);
    case 'retire':
      return request.erase ? steps.erase(request.id, request) : steps.retire(request.id, request);
  }
}

function refused(action: string, json: boolean, reason: string, words: string, more: object = {}): ExitCode {
  if (json)
    process.stdout.write(
      `${JSON.stringify({ status: 'refused', action, reason, message: words, ...more }, undefined, 2)}\n`,
    );
  else process.stderr.write(`gatehouse keys ${action}: refused: ${words}\n`);
  return 1;
}
