/**
 * What an organisation allows and prescribes. It is said in two places: a file of this machine's administrator and the shared config. Here
 * is their form, the one policy that both together make, and what it says about an account. Pure.
 */
import * as z from 'zod';
import { EmailAddress, type AccountSettings } from './account.ts';
import { mailboxKey } from './archiveAddress.ts';
import { asciiDomain } from './asciiDomain.ts';
import { OAuthClients } from './oauthClients.ts';
import { ManualProxy, ProxyChoice } from './proxy.ts';

/** "xyz.test", or "*.xyz.test" for everything below it. */
const DomainPattern = z
  .string()
  .min(1)
  .max(253)
  .regex(/^(\*\.)?[^\s*@/:]+$/);

/** Newer versions may know more: what is not known here is left alone. */
export const OrganisationPolicy = z.looseObject({
  /** false: nobody adds accounts beyond those that the organisation provides (group accounts and presets). */
  personalAccounts: z.boolean().optional(),
  /** Domains that the addresses of personal accounts may have. */
  allowedDomains: z.array(DomainPattern).min(1).max(1000).optional(),
  /** Mail servers that personal accounts may use. */
  allowedHosts: z.array(DomainPattern).min(1).max(1000).optional(),
  /** Every account archives its outgoing mail here. */
  archiveAddress: EmailAddress.optional(),
  /** Pictures and other content from outside: asked for by the reader, or never loaded. */
  remoteContent: z.enum(['ask', 'never']).optional(),
  updates: z.enum(['automatic', 'notify', 'off']).optional(),
  logLevel: z.enum(['error', 'warn', 'info', 'debug']).optional(),
  /** Members are asked to let administrators know how their connections to group accounts are; each decides. */
  healthReports: z.literal('recommended').optional(),
  proxy: ProxyChoice.optional(),
  /** How this organisation's installations sign in at mail providers. */
  oauthClients: OAuthClients.optional(),
});
export type OrganisationPolicy = z.infer<typeof OrganisationPolicy>;

/** The file of this machine: what is not known in it is a fault, because it would not do what its author thinks. */
export const MachinePolicy = z.strictObject({
  $schema: z.string().optional(),
  ...OrganisationPolicy.shape,
  proxy: z
    .discriminatedUnion('mode', [
      ProxyChoice.options[0],
      ProxyChoice.options[1],
      ManualProxy.extend({ password: z.string().min(1).max(255).optional() }),
    ])
    .optional(),
  /** Files (PEM) with further certificate authorities, beside those of the system. */
  caFiles: z.array(z.string().min(1).max(4000)).max(100).optional(),
});
export type MachinePolicy = z.infer<typeof MachinePolicy>;

export const policyFields = [
  'personalAccounts',
  'allowedDomains',
  'allowedHosts',
  'archiveAddress',
  'remoteContent',
  'updates',
  'logLevel',
  'healthReports',
  'proxy',
  'caFiles',
] as const;
export type PolicyField = (typeof policyFields)[number];

/** null and false where nothing is prescribed. */
export interface Policy {
  readonly personalAccounts: boolean;
  readonly allowedDomains: readonly string[] | null;
  readonly allowedHosts: readonly string[] | null;
  readonly archiveAddress: string | null;
  readonly remoteContent: 'ask' | 'never' | null;
  readonly updates: 'automatic' | 'notify' | 'off' | null;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug' | null;
  /** Asked for, never set: what stands here takes no choice away. */
  readonly healthReports: 'recommended' | null;
  readonly proxy: NonNullable<MachinePolicy['proxy']> | null;
  readonly caFiles: readonly string[];
  /** The weightier first. */
  readonly oauthClients: readonly OAuthClients[];
  /** Who prescribes what. */
  readonly sources: Readonly<Partial<Record<PolicyField, PolicySource>>>;
}
export type PolicySource = 'machine' | 'organisation' | 'both';

/**
 * One policy of two. Where both say something, the machine's word counts; of what is allowed, only what both allow.
 */
export function mergePolicies(
  machine: MachinePolicy | null,
  organisation: OrganisationPolicy | null,
): Policy {
  const [own, shared] = [machine ?? {}, organisation ?? {}];
  const sources: Partial<Record<PolicyField, PolicySource>> = {};
  for (const field of policyFields) {
    const here = own[field] !== undefined;
    const there = field !== 'caFiles' && shared[field] !== undefined;
    if (here && there) sources[field] = combined.has(field) ? 'both' : 'machine';
    else if (here || there) sources[field] = here ? 'machine' : 'organisation';
  }
  const never = own.remoteContent === 'never' || shared.remoteContent === 'never';
  return {
    personalAccounts: own.personalAccounts !== false && shared.personalAccounts !== false,
    allowedDomains: allowedByBoth(own.allowedDomains, shared.allowedDomains),
    allowedHosts: allowedByBoth(own.allowedHosts, shared.allowedHosts),
    archiveAddress: own.archiveAddress ?? shared.archiveAddress ?? null,
    remoteContent: never ? 'never' : (own.remoteContent ?? shared.remoteContent ?? null),
    updates: own.updates ?? shared.updates ?? null,
    logLevel: own.logLevel ?? shared.logLevel ?? null,
    healthReports: own.healthReports ?? shared.healthReports ?? null,
    proxy: own.proxy ?? shared.proxy ?? null,
    caFiles: own.caFiles ?? [],
    oauthClients: [own.oauthClients, shared.oauthClients].filter((clients) => clients !== undefined),
    sources,
  };
}

/** Fields in which the stricter word counts, whoever says it. */
const combined: ReadonlySet<PolicyField> = new Set([
  'personalAccounts',
  'allowedDomains',
  'allowedHosts',
  'remoteContent',
]);

const lowered = (pattern: string): string => pattern.toLowerCase().replace(/\.$/, '');

/** Does the pattern allow everything that the other one allows? */
function covers(pattern: string, other: string): boolean {
  const [wide, narrow] = [lowered(pattern), lowered(other)];
  return wide === narrow || (wide.startsWith('*.') && narrow.replace(/^\*\./, '').endsWith(wide.slice(1)));
}

function allowedByBoth(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | null {
  if (one === undefined || other === undefined) return one ?? other ?? null;
  const inBoth = (these: readonly string[], those: readonly string[]): string[] =>
    these.filter((pattern) => those.some((wider) => covers(wider, pattern)));
  return [...new Set([...inBoth(one, other), ...inBoth(other, one)].map(lowered))];
}

/** `domain` in any spelling; null allows everything. */
export function isAllowedName(name: string, patterns: readonly string[] | null): boolean {
  if (patterns === null) return true;
  const ascii = asciiDomain(name);
  return patterns.some((pattern) => {
    const wide = pattern.startsWith('*.');
    const end = asciiDomain(wide ? pattern.slice(2) : pattern);
    return wide ? ascii.endsWith(`.${end}`) : ascii === end;
  });
}

/** Codes of errors with their parameters; null: nothing speaks against it. */
export type PolicyRefusal =
  | { readonly code: 'policy-no-personal-accounts'; readonly params: Record<string, never> }
  | {
      readonly code: 'policy-domain' | 'policy-host';
      readonly params: { readonly name: string; readonly allowed: string };
    }
  | { readonly code: 'policy-archive-address'; readonly params: { readonly address: string } };

/**
 * What the policy says against a personal account. `before`: the same account as it is saved: what stays as it is was allowed once, and
 * keeps nobody from changing the rest. `provided`: the organisation itself offers these servers to this address.
 */
export function accountRefusal(
  policy: Policy,
  settings: AccountSettings,
  { before, provided }: { readonly before: AccountSettings | null; readonly provided: boolean },
): PolicyRefusal | null {
  if (before === null && !policy.personalAccounts && !provided)
    return { code: 'policy-no-personal-accounts', params: {} };
  const { archiveAddress } = policy;
  const own = settings.archiveAddress;
  if (archiveAddress !== null && own !== null && mailboxKey(own) !== mailboxKey(archiveAddress))
    return { code: 'policy-archive-address', params: { address: archiveAddress } };
  if (provided) return null;
  if (before?.address !== settings.address) {
    const refused = domainRefusal(policy, settings.address);
    if (refused !== null) return refused;
  }
  const known = new Set([before?.imap.host, before?.smtp?.host]);
  for (const host of [settings.imap.host, settings.smtp?.host]) {
    const refused = host === undefined || known.has(host) ? null : hostRefusal(policy, host);
    if (refused !== null) return refused;
  }
  return null;
}

/** What it says against a new personal account with this address, whatever its servers are; the organisation offers it none. */
export function addressRefusal(policy: Policy, address: string): PolicyRefusal | null {
  if (!policy.personalAccounts) return { code: 'policy-no-personal-accounts', params: {} };
  return domainRefusal(policy, address);
}

function domainRefusal({ allowedDomains }: Policy, address: string): PolicyRefusal | null {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return isAllowedName(domain, allowedDomains) ? null : refusal('policy-domain', domain, allowedDomains);
}

/** What it says against a mail server of a personal account. */
export function hostRefusal({ allowedHosts }: Policy, host: string): PolicyRefusal | null {
  return isAllowedName(host, allowedHosts) ? null : refusal('policy-host', host, allowedHosts);
}

function refusal(
  code: 'policy-domain' | 'policy-host',
  name: string,
  allowed: readonly string[] | null,
): PolicyRefusal {
  return { code, params: { name, allowed: (allowed ?? []).slice(0, 20).join(', ') } };
}

/** The account as it works under the policy: with the archive that is prescribed. A group account's own archive stays. */
export function underPolicy(policy: Policy, settings: AccountSettings, group: boolean): AccountSettings {
  const { archiveAddress } = policy;
  if (archiveAddress === null || (group && settings.archiveAddress !== null)) return settings;
  return { ...settings, archiveAddress };
}

/** Where a machine's file cannot be read and no good one was seen yet: nothing new from outside until somebody mends it. */
export const cautiousPolicy: MachinePolicy = { personalAccounts: false, remoteContent: 'never' };
