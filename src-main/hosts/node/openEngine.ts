/** An engine on a profile in this thread, with everything that a host of Node's gives it: lock, paths, log, secrets, clock. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '#engine/createEngine.ts';
import { tryProfileLock } from '#engine/store/profileLock.ts';
import type { EngineApi } from '#shared/contract/contract.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import { startAttachServer } from './attach/attachServer.ts';
import type { AttachServer } from './attach/attachServer.ts';
import { profileInUse, readHolder, removeHolder, writeHolder } from './attach/holder.ts';
import type { HostKind } from './attach/holder.ts';
import { openFileLog } from './consoleLog.ts';
import { loopbackRedirects } from './loopbackRedirect.ts';
import { nodeIds } from './nodeIds.ts';
import { lockPaths, openProfilePaths, policyFile, profileRoot } from './paths.ts';
import { openSecretStore } from './secretStore.ts';
import { systemClock } from './systemClock.ts';
import { appVersion } from './version.ts';

export interface OpenEngineOptions {
  /** The profile's folder as asked for; undefined: POSTKORB_PROFILE, else the platform's place. */
  readonly profile: string | undefined;
  /** BCP 47. */
  readonly locale: string;
  readonly host: HostKind;
  /** No polling, no IDLE, no outbox on its own, and nobody else is taken in: a command drives each step and ends. */
  readonly passive: boolean;
  /** One line for people, for example that secrets go to a file. */
  readonly note?: (line: string) => void;
}

export interface OpenEngine extends AsyncDisposable {
  readonly api: EngineApi;
}

/** Client ids for sign-ins that the machine's administrator points at. */
function machineClientFiles(): string[] {
  const named = process.env['POSTKORB_OAUTH_CLIENTS'] ?? '';
  return named === '' ? [] : [named];
}

/**
 * Opens the profile, or throws MailError `profile-in-use` at once where another process holds it. Disposing closes the engine first
 * and lets go of the profile last.
 */
export async function openEngine(options: OpenEngineOptions): Promise<OpenEngine> {
  const root = profileRoot(options.profile);
  const paths = openProfilePaths(root);
  const { lock: lockFile, holder: holderFile } = lockPaths(root);
  const lock = tryProfileLock(lockFile);
  if (!lock) throw profileInUse(root, readHolder(holderFile));

  await using owned = new AsyncDisposableStack();
  owned.use(lock);
  owned.defer(() => removeHolder(holderFile));
  const clock = systemClock();
  const { log, setLevel } = owned.use(openFileLog(paths.log));
  const secrets = await openSecretStore({
    profile: paths,
    log: log.child('secrets'),
    clock,
    keychain: process.env['POSTKORB_KEYCHAIN'] === 'off' ? 'off' : 'auto',
    ...(options.note ? { note: options.note } : {}),
  });
  const machineId = createHash('sha256').update(hostname()).digest('hex').slice(0, 32);
  const engine = owned.use(
    await createEngine({
      clock,
      ids: nodeIds(),
      secrets,
      log,
      paths,
      locale: options.locale,
      machineId,
      version: appVersion(),
      redirects: loopbackRedirects(),
      setLogLevel: setLevel,
      options: {
        passive: options.passive,
        oauthClientFiles: machineClientFiles(),
        profileClientFiles: [join(root, 'oauth-clients.json')],
        policyFile: policyFile(),
        environment: process.env,
      },
    }),
  );

  const policy = (await engine.api.dispatch('policy.get', {}, new AbortController().signal)) as PolicyReport;
  if (policy.faults.length > 0)
    options.note?.(
      `the policy file ${policy.file ?? ''} cannot be used; "postkorb policy" names every fault`,
    );

  let attach: AttachServer | null = null;
  if (!options.passive) {
    attach = await startAttachServer({
      profile: root,
      api: engine.api,
      clock,
      report: (error, why) => log.warn('attach', { why, error }),
    });
    owned.use(attach);
  }
  writeHolder(holderFile, {
    pid: process.pid,
    host: options.host,
    machine: hostname(),
    since: clock.now(),
    attach: attach && { address: attach.address, key: attach.key },
  });
  const kept = owned.move();
  return { api: engine.api, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
