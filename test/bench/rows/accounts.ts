/** Fifty desks in one go: how long an import of fifty accounts takes beside the test of one, and how long it takes to read ten thousand rows. */
import { startDovecot } from '#test/servers/dovecot.ts';
import { BenchEngine, settingsOf } from '../engine.ts';
import type { AccountSettings } from '#shared/domain/account.ts';
import type { Measure, Row } from '../measure.ts';
import { startSlowNetwork } from '../slowNetwork.ts';

const accounts = 50;
const alone = 5;
const rows = 10_000;
/** One way; 60 ms there and back, as to a hoster in the next country. */
const delayMs = 30;

/**
 * As a hoster of many customers runs it. With Debian's settings each session is a process that is started for it, one after the other:
 * fifty sessions take Dovecot a second and a half on two cores, whoever opens them.
 */
const hosterConfig = `service imap {
  process_min_avail = ${String(accounts)}
  service_count = 100
}
`;

export const manyAccounts: Row = {
  name: 'accounts',
  async measure(bench) {
    await using server = await startDovecot({ config: hosterConfig });
    await using network = await startSlowNetwork(server.ports.imap, delayMs);
    const settings = (user: string, port = network.port) =>
      settingsOf({ user, password: server.password, port });
    await using engine = await BenchEngine.open([]);
    const tested = async (account: AccountSettings): Promise<number> => {
      const begun = performance.now();
      const credentials = { imapPassword: server.password, smtpPassword: null };
      const test = await engine.call('accounts.test', { settings: account, credentials });
      if (test.token === null) throw new Error(`the test failed: ${JSON.stringify(test)}`);
      return performance.now() - begun;
    };
    // An organisation's mailboxes are there; Dovecot would make each with all its folders when it is first opened.
    bench.say('making the mailboxes');
    for (let at = 0; at < accounts; at += 1) await tested(settings(`desk${String(at)}`, server.ports.imap));
    bench.say(`testing ${String(alone)} accounts, one after the other`);
    const single: number[] = [];
    for (let at = 0; at < alone; at += 1) single.push(await tested(settings(`desk${String(at)}`)));
    bench.say(`importing ${String(accounts)} accounts`);
    const { importId } = await engine.call('import.open', {
      content: encode({
        accounts: Array.from({ length: accounts }, (_, at) => {
          const account = settings(`desk${String(at)}`);
          return { ...account, imap: { ...account.imap, password: server.password } };
        }),
      }),
    });
    const begun = performance.now();
    const imported = await engine.call('import.run', { importId });
    const ms = performance.now() - begun;
    const failed = imported.rows.filter(({ state }) => state !== 'imported');
    if (imported.rows.length !== accounts || failed.length > 0)
      throw new Error(`the import failed: ${JSON.stringify(failed[0])}`);
    return [
      {
        name: `${String(accounts)} accounts in one go : slowest test of one`,
        value: ms / Math.max(...single),
        unit: '',
        bound: { atMost: 3 },
        figures: { ms, 'slowest alone ms': Math.max(...single), 'fastest alone ms': Math.min(...single) },
      },
      ...(await dryRuns(engine)),
    ];
  },
};

async function dryRuns(engine: BenchEngine): Promise<Measure[]> {
  const files: Record<string, Uint8Array<ArrayBuffer>> = {
    CSV: Buffer.from(
      [
        'name;address;imapHost;imapPort;imapSecurity;imapUser;imapPassword;smtpHost;smtpPort;smtpSecurity;smtpUser',
        ...numbers.map(
          (at) =>
            `"Müller, Anna ${at}";anna${at}@xyz.test;imap.xyz.test;993;tls;anna${at};"ge;heim ""${at}""";smtp.xyz.test;465;tls;anna${at}`,
        ),
      ].join('\r\n'),
    ),
    JSON: encode({
      accounts: numbers.map((at) => ({
        name: `Anna ${at}`,
        address: `anna${at}@xyz.test`,
        displayName: 'Anna',
        imap: { host: 'imap.xyz.test', port: 993, security: 'tls', user: `anna${at}`, password: 'geheim' },
        smtp: { host: 'smtp.xyz.test', port: 465, security: 'tls', user: `anna${at}`, password: 'geheim' },
        archiveAddress: null,
        tls: { trust: 'system' },
      })),
    }),
  };
  const measures: Measure[] = [];
  for (const [name, content] of Object.entries(files)) {
    const begun = performance.now();
    const { importId, rows: read } = await engine.call('import.open', { content });
    const ms = performance.now() - begun;
    const unusable = read.filter(({ state }) => state !== 'ready');
    if (read.length !== rows || unusable.length > 0)
      throw new Error(`not as meant: ${JSON.stringify(unusable[0])}`);
    await engine.call('import.close', { importId });
    measures.push({
      name: `reading ${String(rows)} accounts from ${name}`,
      value: ms,
      unit: 'ms',
      bound: { atMost: 2000 },
      figures: { bytes: content.byteLength },
    });
  }
  return measures;
}

const numbers = Array.from({ length: rows }, (_, at) => String(at));

function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return Buffer.from(JSON.stringify(value));
}
