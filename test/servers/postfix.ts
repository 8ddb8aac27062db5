/**
 * A real Postfix for a test, from one temporary folder, on free loopback ports: it takes mail from who logs in at the given Dovecot
 * and delivers all of it there by LMTP, so that what a recipient got can be looked at.
 */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { missingServers } from './available.ts';
import type { Dovecot } from './dovecot.ts';
import { startOnFreePorts } from './restartableServer.ts';
import { makeServerFolder } from './serverFolder.ts';
import { startServerProcess, untilGreeted } from './serverProcess.ts';

export interface PostfixOptions {
  /** Bytes; announced by SIZE. Default 50 MiB. */
  readonly messageSizeLimit?: number;
  /** `main.cf` lines, after the others. */
  readonly config?: string;
}

/**
 * Recipients: everybody at `xyz.test` and at the outside domains has a mailbox at the Dovecot, named by the whole address; a local part
 * that begins with `unknown` is refused for good (550), one that begins with `later` for the moment (450).
 * Senders: a login may send as `<login>` and as `<login>@xyz.test`; any other is refused (553), as most servers do at RCPT TO.
 */
export interface Postfix extends AsyncDisposable {
  readonly host: string;
  readonly ports: {
    /** STARTTLS offered, and required before AUTH. */
    readonly submission: number;
    /** TLS from the first byte. */
    readonly smtps: number;
    /** No TLS at all; takes logins in clear text. */
    readonly plain: number;
  };
  readonly folder: string;
  /** Everything it logged so far. */
  log(): string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const localDomain = 'xyz.test';
/** Elsewhere, as seen from the organisation: other people's addresses, and the archive. The last is bücher.test. */
export const outsideDomains = ['outside.test', 'elsewhere.test', 'xn--bcher-kva.test'] as const;

/** `dovecot` says who may log in and receives everything; its certificate is used too. */
export async function startPostfix(dovecot: Dovecot, options: PostfixOptions = {}): Promise<Postfix> {
  const missing = missingServers('postfix');
  if (missing !== null) throw new Error(missing);

  await using stack = new AsyncDisposableStack();
  const folder = stack.use(makeServerFolder('postfix')).path;
  const token = randomBytes(9).toString('hex');
  makeQueue(folder);
  const files = {
    'cert.pem': dovecot.certificate.cert,
    'key.pem': dovecot.certificate.key,
    recipients: '!/^unknown/ OK\n',
    senders: `/^([^@]+)@${localDomain.replaceAll('.', '\\.')}$/ $1, $1@${localDomain}\n/^([^@]+)$/ $1\n`,
    access: '/^later/ 450 4.2.0 Try again later\n',
    'main.cf': mainConfig(folder, token, dovecot, options),
  };
  for (const [name, content] of Object.entries(files)) {
    writeSettled(join(folder, name), content, name === 'key.pem' ? 0o600 : 0o644);
  }

  const logFile = join(folder, 'mail.log');
  const server = stack.use(
    await startOnFreePorts(3, ([submission = 0, smtps = 0, plain = 0]) => {
      writeSettled(join(folder, 'master.cf'), masterConfig(submission, smtps, plain));
      const master = '/usr/lib/postfix/sbin/master';
      const process = startServerProcess(master, ['-s', '-c', folder], join(folder, 'output.log'), logFile);
      return { process, ready: untilGreeted(plain, new RegExp(`^220 .*${token}`), process.failed) };
    }),
  );

  const [submission = 0, smtps = 0, plain = 0] = server.ports;
  const owned = stack.move();
  return {
    host: 'localhost',
    ports: { submission, smtps, plain },
    folder,
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
    stop: () => server.stop(),
    start: () => server.start(),
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync();
    },
  };
}

/** A configuration file from a minute ago: Postfix waits 1.8 s for one that was written just now, as somebody may be at it. */
function writeSettled(path: string, content: string, mode = 0o644): void {
  writeFileSync(path, content, { mode });
  const past = Date.now() / 1000 - 60;
  utimesSync(path, past, past);
}

/** What `postfix check` would make, without its second of shell script. */
function makeQueue(folder: string): void {
  const uid = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }));
  const postdrop = Number(execFileSync('getent', ['group', 'postdrop'], { encoding: 'utf8' }).split(':')[2]);
  const root = statSync(folder);
  const make = (name: string, owner: number, group: number, mode: number): void => {
    const path = join(folder, name);
    mkdirSync(path);
    chownSync(path, owner, group);
    chmodSync(path, mode);
  };
  make('data', uid, root.gid, 0o700);
  make('queue', root.uid, root.gid, 0o755);
  make('queue/pid', root.uid, root.gid, 0o755);
  const own = 'active bounce corrupt defer deferred flush hold incoming private saved trace'.split(' ');
  for (const name of own) make(`queue/${name}`, uid, root.gid, 0o700);
  make('queue/maildrop', uid, postdrop, 0o730);
  make('queue/public', uid, postdrop, 0o710);
}

function mainConfig(folder: string, token: string, dovecot: Dovecot, options: PostfixOptions): string {
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}

myhostname = mail.${localDomain}
smtpd_banner = $myhostname ESMTP ${token}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
mydestination =
alias_maps =
local_recipient_maps =
local_transport = error:no local mail here
disable_dns_lookups = yes
smtputf8_enable = yes
message_size_limit = ${String(options.messageSizeLimit ?? 50 << 20)}
mailbox_size_limit = 0

virtual_mailbox_domains = ${[localDomain, ...outsideDomains].join(', ')}
virtual_mailbox_maps = regexp:${folder}/recipients
virtual_transport = lmtp:inet:127.0.0.1:${String(dovecot.ports.lmtp)}
# One delivery a recipient, so that none sees in its headers who else was addressed.
lmtp_destination_recipient_limit = 1

smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_sender_login_maps = regexp:${folder}/senders
smtpd_recipient_restrictions = reject_sender_login_mismatch, reject_unlisted_recipient, check_recipient_access regexp:${folder}/access
# Tests make mistakes on purpose, and many connections.
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no

smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${dovecot.authSocket}
smtpd_tls_auth_only = yes
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${folder}/cert.pem
smtpd_tls_key_file = ${folder}/key.pem
smtpd_tls_loglevel = 0
${options.config ?? ''}
`;
}

function masterConfig(submission: number, smtps: number, plain: number): string {
  return `
127.0.0.1:${String(submission)} inet n - n - - smtpd
127.0.0.1:${String(smtps)} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt
127.0.0.1:${String(plain)} inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_tls_auth_only=no
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;
}
