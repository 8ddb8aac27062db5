/** What the organisation says against the fields of an account form, beside the field that it concerns. Pure. */
import type { PolicyReport } from '#shared/contract/policy.ts';
import { isAllowedName } from '#shared/domain/policy.ts';
import { MailError } from '#shared/errors/MailError.ts';
import type { AccountFields, FieldName } from './accountFields.ts';

/**
 * `before`: as it is saved; what stays as it is was allowed once. `found`: the servers of the address were looked for; `offered`: the
 * organisation offers them.
 */
export function policyFaults(
  fields: AccountFields,
  before: AccountFields,
  policy: PolicyReport | null,
  { found, offered }: { readonly found: boolean; readonly offered: boolean } = {
    found: false,
    offered: false,
  },
): Readonly<Partial<Record<FieldName, MailError>>> {
  const faults: Partial<Record<FieldName, MailError>> = {};
  if (policy === null) return faults;
  if (offered) return faults;
  const allowed = (list: readonly string[] | null): string => (list ?? []).slice(0, 20).join(', ');
  const { allowedDomains, allowedHosts } = policy;
  const address = fields.address.trim();
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (address.includes('@') && address !== before.address && !isAllowedName(domain, allowedDomains))
    faults.address = new MailError('policy-domain', { name: domain, allowed: allowed(allowedDomains) });
  if (!policy.personalAccounts && found && before.address === '')
    faults.address = new MailError('policy-no-personal-accounts');
  for (const protocol of ['imap', 'smtp'] as const) {
    if (protocol === 'smtp' && !fields.sends) continue;
    const host = fields[protocol].host.trim();
    if (host === '' || host === before[protocol].host || isAllowedName(host, allowedHosts)) continue;
    faults[`${protocol}.host`] = new MailError('policy-host', { name: host, allowed: allowed(allowedHosts) });
  }
  return faults;
}
