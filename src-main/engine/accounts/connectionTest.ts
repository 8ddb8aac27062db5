/**
 * The connection test: both servers at once, step by step, under one deadline. It says which step failed, why, and shows the
 * certificate; it saves nothing and sends no mail.
 */
import type { Log } from '#engine/ports/ports.ts';
import type { Clock } from '#shared/base/clock.ts';
import { Deadline } from '#shared/base/deadline.ts';
import type { ConnectionTest, ServerTest, TestStep } from '#shared/contract/accounts.ts';
import { forbiddenPlaintext, type AccountSettings } from '#shared/domain/account.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { passwordAccess, type AccountAccess } from '#engine/secrets/access.ts';
import { isGrant, type AccountSecret, type OAuthGrant } from '#engine/secrets/credentials.ts';
import { directNetwork, type Network } from '#engine/net/network.ts';
import { probeImap } from './probe/imapProbe.ts';
import { probeSmtp } from './probe/smtpProbe.ts';

/** Everything together is promised within 10 s; what is left is for the process around it. */
export const testBudgetMs = 8000;
/** A login that takes longer makes a slow account. */
const slowLoginMs = 3000;
/** How often a slow account is looked at. */
export const slowIntervalMinutes = 10;

/** A result without the token that only the accounts' owner can give. */
export interface TestOutcome extends Omit<ConnectionTest, 'token'> {
  /** The largest mail that the outgoing server takes, in bytes; null: it did not say. */
  readonly sizeLimit: number | null;
}
export type TestConnection = (
  settings: AccountSettings,
  credentials: AccountSecret,
  signal: AbortSignal,
  /** Told of each step as it ends. */
  onStep?: (server: 'imap' | 'smtp', step: TestStep) => void,
) => Promise<TestOutcome>;

/**
 * Ends within `budgetMs` whatever the servers do. Throws `plaintext-not-allowed` before anything is tried, what the renewal of a token
 * throws, and `cancelled` when the signal is aborted; everything else is in the result.
 */
export function createConnectionTest(parts: {
  clock: Clock;
  log: Log;
  budgetMs?: number;
  /** Left out: straight out. */
  network?: Network;
  /** What a sign-in logs in with. Left out: sign-ins are not supported. */
  grantAccess?: (grant: OAuthGrant) => AccountAccess;
}): TestConnection {
  const { clock, log, budgetMs = testBudgetMs, network = directNetwork } = parts;
  const accessOf = (secret: AccountSecret): AccountAccess => {
    if (!isGrant(secret)) return passwordAccess(secret);
    if (parts.grantAccess === undefined) throw new MailError('not-supported');
    return parts.grantAccess(secret.grant);
  };
  return async (settings, credentials, signal, onStep) => {
    const forbidden = forbiddenPlaintext(settings);
    if (forbidden.length > 0) {
      const host = forbidden[0] === 'imap' ? settings.imap.host : (settings.smtp?.host ?? '');
      throw new MailError('plaintext-not-allowed', { host, servers: forbidden.join(', ') });
    }
    using deadline = new Deadline(clock, budgetMs, signal);
    const begin = clock.monotonic();
    const access = accessOf(credentials);
    const [imapLogin, smtpLogin] = await Promise.all([
      access.login('imap', deadline.signal),
      access.login('smtp', deadline.signal),
    ]);
    let sizeLimit: number | null = null;
    const [imap, smtp] = await Promise.all([
      probeImap({
        settings,
        login: imapLogin,
        clock,
        network,
        log,
        signal: deadline.signal,
        onStep: (step) => onStep?.('imap', step),
      }),
      settings.smtp === null
        ? null
        : probeSmtp({
            settings,
            smtp: settings.smtp,
            login: smtpLogin,
            clock,
            network,
            signal: deadline.signal,
            onStep: (step) => onStep?.('smtp', step),
            onSize: (bytes) => {
              sizeLimit = bytes;
            },
          }),
    ]);
    if (signal.aborted) throw new MailError('cancelled');
    const ok = imap.ok && (smtp === null || smtp.ok);
    const ms = Math.round(clock.monotonic() - begin);
    log.info('connection test', {
      ok,
      ms,
      imap: failedStep(imap),
      smtp: smtp === null ? null : failedStep(smtp),
    });
    return { ok, ms, imap, smtp, slow: ok ? slowVerdict(imap, smtp) : null, sizeLimit };
  };
}

function slowVerdict(imap: ServerTest, smtp: ServerTest | null): ConnectionTest['slow'] {
  const login = (test: ServerTest | null): number =>
    test?.steps.find((step) => step.step === 'login')?.ms ?? 0;
  const loginMs = Math.max(login(imap), login(smtp));
  return loginMs > slowLoginMs ? { loginMs, intervalMinutes: slowIntervalMinutes } : null;
}

function failedStep(test: ServerTest): string {
  const failed = test.steps.find((step) => !step.ok);
  return failed ? `${failed.step}: ${failed.error?.code ?? ''}` : 'ok';
}
