/**
 * A real Secret Service for a test: gnome-keyring in a session bus of its own (dbus-run-session), with its keyrings in a temporary
 * folder. Nothing is started by the bus itself: a service that the test stopped is gone.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { missingServers } from './available.ts';
import { makeServerFolder } from './serverFolder.ts';
import { startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface SecretService extends AsyncDisposable {
  /** What a process needs to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** The folder with its keyrings. */
  readonly folder: string;
  /** `locked`: nobody has typed the keyring's password. */
  start(how?: 'unlocked' | 'locked'): Promise<void>;
  stop(): Promise<void>;
  /** As when the screen is locked: what is asked next needs the password. */
  lock(): Promise<void>;
  /** It takes questions and answers none, until `resume`. */
  hang(): void;
  resume(): void;
}

const busConfig = (folder: string): string => `<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

export async function startSecretService(): Promise<SecretService> {
  const missing = missingServers('keyring');
  if (missing !== null) throw new Error(missing);
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(makeServerFolder('keyring')).path;
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  writeFileSync(join(folder, 'bus.conf'), busConfig(folder));
  writeFileSync(join(folder, 'password'), 'keyring-password', { mode: 0o600 });

  const addressFile = join(folder, 'address');
  const say = 'printf %s "$DBUS_SESSION_BUS_ADDRESS" > "$0.new" && mv "$0.new" "$0"; exec sleep infinity';
  const session = stack.use(
    startServerProcess(
      'dbus-run-session',
      ['--config-file', join(folder, 'bus.conf'), '--', 'sh', '-c', say, addressFile],
      join(folder, 'bus.log'),
    ),
  );
  await until('the session bus', session, () => existsSync(addressFile));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: readFileSync(addressFile, 'utf8'),
  };
  delete env['DISPLAY'];

  const send = async (destination: string, ...call: readonly string[]): Promise<string> => {
    const args = ['--session', '--print-reply', '--reply-timeout=5000', `--dest=${destination}`, ...call];
    return (await promisify(execFile)('dbus-send', args, { env })).stdout;
  };
  const isThere = async (): Promise<boolean> =>
    (
      await send(
        'org.freedesktop.DBus',
        ...['/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'],
      )
    ).includes('boolean true');

  let daemon: ServerProcess | null = null;
  const stop = async (): Promise<void> => {
    await daemon?.[Symbol.asyncDispose]();
    daemon = null;
  };
  stack.defer(stop);
  const start: SecretService['start'] = async (how = 'unlocked') => {
    const args = ['--foreground', '--components=secrets', `--control-directory=${runtime}`];
    const unlocked = ['-c', 'exec gnome-keyring-daemon --unlock "$@" < "$0"', join(folder, 'password')];
    daemon = startServerProcess(
      'sh',
      how === 'unlocked' ? [...unlocked, ...args] : ['-c', 'exec gnome-keyring-daemon "$@"', 'sh', ...args],
      ...[join(folder, 'daemon.log'), join(folder, 'daemon.log')],
      env,
    );
    await until('the Secret Service', daemon, isThere);
  };
  await start();
  const owned = stack.move();
  return {
    env,
    folder,
    start,
    stop,
    lock: async () => {
      await send(
        'org.freedesktop.secrets',
        ...['/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock'],
        'array:objpath:/org/freedesktop/secrets/collection/login',
      );
    },
    hang: () => void process.kill(daemon?.pid ?? 0, 'SIGSTOP'),
    resume: () => void process.kill(daemon?.pid ?? 0, 'SIGCONT'),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function until(
  what: string,
  { failed }: ServerProcess,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    if (await Promise.race([isTrue(), failed])) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not come`);
}
