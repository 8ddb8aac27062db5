/** What members tell of their connections to the group accounts, for administrators. */
import type { OrganisationHome } from '#engine/groups/organisation.ts';
import type { GroupWork } from '#engine/groups/groupWork.ts';
import { personOf } from '#engine/groups/people.ts';
import type { Clock } from '#engine/ports/ports.ts';
import type { HandlersOf } from '#shared/contract/contract.ts';
import type { GroupHealth } from '#shared/contract/groupHealth.ts';
import type { GroupAccount, SharedConfig } from '#shared/domain/group/config.ts';
import { membersAt } from '#shared/domain/group/configRules.ts';
import { staleAfterMs } from '#shared/domain/group/connectionReport.ts';
import { groupPath } from '#shared/domain/group/groupPath.ts';

interface Parts {
  readonly home: OrganisationHome;
  readonly work: GroupWork;
  readonly clock: Clock;
}

export function createGroupHealthHandlers(parts: Parts): HandlersOf<'groups.health'> {
  const { home } = parts;
  return {
    'groups.health': async () => {
      await home.assertAdmin();
      const { config } = home;
      return {
        groups:
          config === null ? [] : config.groupAccounts.map((account) => healthOf(parts, config, account)),
      };
    },
  };
}

function healthOf({ home, work, clock }: Parts, config: SharedConfig, account: GroupAccount): GroupHealth {
  const group = groupPath(config, account);
  const log = work.logs.find((one) => one.group === group);
  const tellings = log?.team.store.log?.header.tellings ?? {};
  return {
    group,
    name: account.name,
    address: account.address,
    server: { host: account.imap.host, port: account.imap.port },
    accountId: log?.accountId ?? null,
    members: membersAt(account, clock.now()).map((id) => {
      const told = tellings[id];
      const report = told?.report ?? null;
      return {
        user: personOf(config, id),
        mine: id === home.stored?.me,
        report:
          told === undefined || report === null
            ? null
            : { ...report, at: told.at, staleAt: told.at + staleAfterMs },
      };
    }),
  };
}
