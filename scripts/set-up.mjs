/**
 * @module Set-up of a checkout: Node 24 in `.node/` where the host's is older, and the packages of `package-lock.json`.
 * Does nothing, fast, when all is in place. Plain JavaScript for any Node from 18.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The Node that is fetched. `.ci/run`, the container image and `docs/adr/0006-*` follow it. */
export const NODE_VERSION = '24.21.0';
/** The oldest Node that runs Gatehouse: `crypto.argon2` came with 24.7. */
const OLDEST = [24, 7];
/** Output of npm that is kept for the case that it fails. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const LOCK_POLL_MS = 200;

/** True when `version` (such as `v24.21.0`) can run Gatehouse itself. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two commands started at once on a fresh checkout must not install into the same folder. */
function withLock(folder, work) {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'set-up.lock');
  const claim = `${lock}.${process.pid}`;
  let told = false;
  for (;;) {
    try {
      // A link appears with its contents: nobody can read an empty lock.
      writeFileSync(claim, String(process.pid));
      linkSync(claim, lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    } finally {
      rmSync(claim, { force: true });
    }
    const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
    if (owner !== 0 && (owner === process.pid || !isAlive(owner))) rmSync(lock, { force: true });
    else {
      if (!told) console.error(`Waiting for the set-up that process ${owner} is doing …`);
      told = true;
      sleep(LOCK_POLL_MS);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Runs npm quietly; shows what it said when it fails. npm stays with the host's Node: a distribution's npm may be
 * patched to run under that one only.
 */
function npm(root, args) {
  const cli = process.env.npm_execpath ?? '';
  const [file, ...first] = basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm'];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--no-engine-strict', '--global=false'];
  const done = spawnSync(file, [...first, ...args, ...quiet], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return true;
  console.error(`${done.stdout ?? ''}${done.stderr ?? ''}`.trimEnd());
  console.error(`npm ${args[0]} failed${done.error === undefined ? '' : `: ${done.error.message}`}`);
  return false;
}

/** The packages that the `node` package would fetch from its install script, which newer npm versions do not run. */
function packageName() {
  return `node-${process.platform}-${process.arch}`;
}

/** Where `bin/gatehouse` looks as well. */
function fetchedFolder(root) {
  return join(root, '.node', 'node_modules', packageName());
}

function nodeIsFetched(root) {
  const description = join(fetchedFolder(root), 'package.json');
  return existsSync(description) && JSON.parse(readFileSync(description, 'utf8')).version === NODE_VERSION;
}

function fetchNode(root) {
  console.error(`Getting Node ${NODE_VERSION} (the host has ${process.version}) …`);
  const partial = join(root, '.node', 'partial');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const save = ['--no-save', '--no-package-lock', '--ignore-scripts', '--prefix', partial];
  if (!npm(root, ['install', `${packageName()}@${NODE_VERSION}`, ...save])) return false;
  const fresh = join(partial, 'node_modules', packageName());
  const probe = spawnSync(join(fresh, 'bin', 'node'), ['--version'], { encoding: 'utf8' });
  if (probe.stdout?.trim() !== `v${NODE_VERSION}`) {
    console.error(
      `Node ${NODE_VERSION} does not run on this machine: install Node ${OLDEST.join('.')} or newer yourself.`,
    );
    return false;
  }
  // Renamed when whole: a folder that an interrupted download left is never taken for Node.
  rmSync(fetchedFolder(root), { recursive: true, force: true });
  mkdirSync(dirname(fetchedFolder(root)), { recursive: true });
  renameSync(fresh, fetchedFolder(root));
  rmSync(partial, { recursive: true, force: true });
  return true;
}

function stampFile(root) {
  return join(root, 'node_modules', '.gatehouse-lock-hash');
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function packagesAreThere(root) {
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === lockHash(root);
}

function installPackages(root) {
  console.error('Installing the packages …');
  // Named kinds, because NODE_ENV=production or an omit setting would leave the tests' packages out.
  if (!npm(root, ['ci', '--include=dev', '--include=optional', '--prefix', root])) return false;
  if (!existsSync(join(root, 'node_modules', 'kerberos', 'build', 'Release', 'kerberos.node'))) {
    console.error('Going on without the native kerberos package: the Kerberos headers are missing (libkrb5-dev).');
  }
  writeFileSync(stampFile(root), lockHash(root));
  return true;
}

/** Path of a Node that runs Gatehouse, with all packages in place; `undefined` when set-up failed and has said why. */
export function setUp(root) {
  const own = isNewEnough(process.version);
  const node = own ? process.execPath : join(fetchedFolder(root), 'bin', 'node');
  const nodeIsThere = () => own || nodeIsFetched(root);
  if (nodeIsThere() && packagesAreThere(root)) return node;
  const done = withLock(
    join(root, '.node'),
    () => (nodeIsThere() || fetchNode(root)) && (packagesAreThere(root) || installPackages(root)),
  );
  return done ? node : undefined;
}
