/** group health | report: what members tell administrators of their connections, and whether one does so oneself. */
import { Argument, type Command } from 'commander';
import type { GroupHealth, MemberReport } from '#shared/contract/groupHealth.ts';
import { findGroup } from '../groupWords.ts';
import { describeError, invalid, iso, table, type Language } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

function reportJson(
  report: MemberReport,
  server: GroupHealth['server'],
  language: Language,
): Record<string, unknown> {
  const { trouble } = report;
  return {
    reportedAt: iso(report.at),
    stale: Date.now() >= report.staleAt,
    state: report.state,
    lastSuccess: iso(report.lastSuccess),
    loginMs: report.loginMs,
    listMs: report.listMs,
    lastError:
      trouble === null
        ? null
        : {
            ...describeError({ code: trouble.code, params: server }, language),
            code: trouble.code,
            since: iso(trouble.since),
            until: iso(trouble.until),
          },
    queued: report.queued,
    failedOperations: report.failed,
    version: report.version,
  };
}

function groupJson(group: GroupHealth, language: Language): Record<string, unknown> {
  return {
    group: group.group,
    name: group.name,
    id: group.accountId,
    members: group.members.map(({ user, mine, report }) => ({
      user: user.address || user.name,
      name: user.name,
      me: mine,
      reports: report !== null,
      ...(report === null ? {} : reportJson(report, group.server, language)),
    })),
  };
}

function words(group: GroupHealth, language: Language): string[] {
  if (group.accountId === null) return [`${group.name}: not set up on this machine`];
  const rows = group.members.map(({ user, report }) => {
    if (report === null) return [`  ${user.name}`, 'does not report'];
    const { trouble } = report;
    return [
      `  ${user.name}`,
      report.state,
      iso(report.lastSuccess) ?? '-',
      report.loginMs === null ? '-' : `${report.loginMs.toString()} ms`,
      `reported ${iso(report.at) ?? ''}${Date.now() >= report.staleAt ? ' (out of date)' : ''}`,
      trouble === null ? '' : describeError({ code: trouble.code, params: group.server }, language).message,
    ];
  });
  return [group.name, ...table(rows)];
}

export function registerGroupHealth(group: Command, { run }: CommandContext): void {
  group
    .command('health')
    .description('how members get on with the group accounts, as they report it (administrators)')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) => {
          const { groups } = await client.call('groups.health', {});
          const { language } = options.output;
          options.output.result({ groups: groups.map((one) => groupJson(one, language)) }, () =>
            groups.flatMap((one) => words(one, language)),
          );
        }),
      ),
    );
  group
    .command('report <group>')
    .description('let the administrators know how this machine’s connection to a group account is, or not')
    .addArgument(new Argument('<choice>').choices(['on', 'off']))
    .action((account: string, choice: 'on' | 'off') =>
      run((options) =>
        withEngine(options, async (client) => {
          const { name, group: path, accountId } = await findGroup(client, account);
          if (accountId === null)
            throw invalid('GROUP', 'not-set-up', `"${name}" is not set up on this machine`);
          const { healthReports } = await client.call('settings.get', {});
          const reports = choice === 'on';
          await client.call('settings.set', { healthReports: { ...healthReports, [accountId]: reports } });
          options.output.result(
            { id: accountId, group: path, reports },
            () => `${name}: ${reports ? 'reported from the next sync on' : 'not reported any more'}`,
          );
        }),
      ),
    );
}
