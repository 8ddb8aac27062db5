/** policy: what the organisation allows and prescribes here, a file to be checked before it is rolled out, and the shared config's own. */
import { readPolicyFile } from '#engine/policy/policyFile.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import { OrganisationPolicy, policyFields } from '#shared/domain/policy.ts';
import { MailError } from '#shared/errors/MailError.ts';
import { issueFaults } from '#shared/domain/schemaFaults.ts';
import { placedFaultText } from '#shared/i18n/faultText.ts';
import { table, type Language } from '../output.ts';
import type { CommandContext } from '../program.ts';
import { withEngine } from '../session.ts';

const shown = (value: PolicyReport[(typeof policyFields)[number]]): string => {
  if (value === null) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

function words(report: PolicyReport, language: Language): string[] {
  const rows = policyFields
    .filter((field) => report.sources[field] !== undefined)
    .map((field) => [field, shown(report[field]), `(${report.sources[field] ?? ''})`]);
  const faults = report.faults.map((fault) => `  ${placedFaultText(fault, language)}`);
  return [
    `file    ${report.file ?? '-'} (${report.state})`,
    ...faults,
    ...(rows.length === 0 ? ['nothing is prescribed'] : table(rows)),
    ...(report.oauthProviders.length === 0 ? [] : [`client ids for ${report.oauthProviders.join(', ')}`]),
  ];
}

/** Throws `file-unreadable` and `invalid-input` with every fault. */
function checkedFile(path: string) {
  const read = readPolicyFile(path);
  if (read.kind === 'none') throw new MailError('file-unreadable', { file: path });
  if (read.kind === 'broken') throw new MailError('invalid-input', { file: path }, { faults: read.faults });
  return read.policy;
}

export function registerPolicyCommands({ program, run }: CommandContext): void {
  const policy = program
    .command('policy')
    .description('what the organisation allows and prescribes on this machine')
    .action(() =>
      run((options) =>
        withEngine(options, async (client) => {
          const report = await client.call('policy.get', {});
          options.output.result(report, () => words(report, options.output.language));
          return report.faults.length === 0 ? 0 : 2;
        }),
      ),
    );
  policy
    .command('check <file>')
    .description('read a policy file and name every fault; nothing is changed')
    .action((file: string) =>
      run((options) => {
        const found = checkedFile(file);
        options.output.result({ ok: true, rules: Object.keys(found) }, ({ rules }) => [
          'ok',
          ...rules.map((rule) => `  ${rule}`),
        ]);
        return Promise.resolve(0);
      }),
    );
  policy
    .command('share <file>')
    .description(
      'make a policy file the rules of the shared config (administrators); published with "group publish"',
    )
    .action((file: string) =>
      run((options) => {
        const { $schema: _, ...found } = checkedFile(file);
        // What concerns one machine alone, and secrets, do not belong into a file that everybody reads.
        const parsed = OrganisationPolicy.strict().safeParse(found);
        if (!parsed.success)
          throw new MailError(
            'invalid-input',
            { file },
            { faults: parsed.error.issues.flatMap(issueFaults) },
          );
        return withEngine(options, async (client) => {
          await client.call('groups.setPolicy', { policy: parsed.data });
          options.output.result(
            { rules: Object.keys(parsed.data), published: false },
            () => 'rules taken over (not published yet)',
          );
          return 0;
        });
      }),
    );
}
