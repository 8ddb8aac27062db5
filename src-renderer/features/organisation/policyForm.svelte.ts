/** The organisation's rules as an administrator edits them: fields of text, what they mean, and what is wrong with them. */
import { OrganisationPolicy } from '#shared/domain/policy.ts';
import { fieldsOfProxy, proxyOf, type ProxyFields } from '../policy/proxyFields.ts';
import type { OAuthClient } from '#shared/domain/oauthClients.ts';

export const knownProviders = ['google', 'microsoft'] as const;

export interface ClientFields {
  /** A known provider's name, or "other". */
  readonly provider: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tenant: string;
  readonly name: string;
  readonly hosts: string;
  readonly scopes: string;
  /** What the form does not show, as it was. */
  readonly rest: Partial<OAuthClient>;
}

export interface PolicyFields {
  readonly personalAccounts: boolean;
  readonly allowedDomains: string;
  readonly allowedHosts: string;
  readonly archiveAddress: string;
  /** Empty: no rule. */
  readonly remoteContent: string;
  readonly updates: string;
  readonly logLevel: string;
  readonly recommendReports: boolean;
  readonly proxy: ProxyFields;
  readonly clients: readonly ClientFields[];
}

export type PolicyFault = 'invalid' | 'required' | 'twice';
/** "allowedDomains", "clients.0.clientId" */
export type PolicyFaults = Readonly<Record<string, PolicyFault>>;

export const emptyClient: ClientFields = {
  provider: 'google',
  issuer: '',
  clientId: '',
  clientSecret: '',
  tenant: '',
  name: '',
  hosts: '',
  scopes: '',
  rest: {},
};

const listed = (text: string): string[] => text.split(/[\s,;]+/).filter((one) => one !== '');

export function fieldsOfPolicy(policy: OrganisationPolicy): PolicyFields {
  return {
    personalAccounts: policy.personalAccounts ?? true,
    allowedDomains: (policy.allowedDomains ?? []).join(', '),
    allowedHosts: (policy.allowedHosts ?? []).join(', '),
    archiveAddress: policy.archiveAddress ?? '',
    remoteContent: policy.remoteContent ?? '',
    updates: policy.updates ?? '',
    logLevel: policy.logLevel ?? '',
    recommendReports: policy.healthReports === 'recommended',
    proxy: fieldsOfProxy(policy.proxy ?? null),
    clients: Object.entries(policy.oauthClients ?? {}).map(([id, client]) => {
      const { clientId, clientSecret, tenant, name, hosts, scopes, ...rest } = client;
      const known = (knownProviders as readonly string[]).includes(id);
      return {
        provider: known ? id : 'other',
        issuer: known ? '' : id,
        clientId,
        clientSecret: clientSecret ?? '',
        tenant: tenant ?? '',
        name: name ?? '',
        hosts: (hosts ?? []).join(', '),
        scopes: (scopes ?? []).join(' '),
        rest,
      };
    }),
  };
}

const clientKey = ({ provider, issuer }: ClientFields): string =>
  provider === 'other' ? issuer.trim() : provider;

function clientOf(fields: ClientFields): OAuthClient {
  const text = (key: 'clientSecret' | 'tenant' | 'name') =>
    fields[key].trim() === '' ? {} : { [key]: fields[key].trim() };
  const hosts = listed(fields.hosts);
  const scopes = listed(fields.scopes);
  return {
    ...fields.rest,
    clientId: fields.clientId.trim(),
    ...text('clientSecret'),
    ...(fields.provider === 'microsoft' ? text('tenant') : {}),
    ...(fields.provider === 'other' ? text('name') : {}),
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(scopes.length === 0 ? {} : { scopes }),
  };
}

/** `before`: rules that the form does not know are kept. */
export function readPolicyFields(
  fields: PolicyFields,
  before: OrganisationPolicy,
): { readonly policy: OrganisationPolicy | null; readonly faults: PolicyFaults } {
  const faults: Record<string, PolicyFault> = {};
  const domains = listed(fields.allowedDomains);
  const hosts = listed(fields.allowedHosts);
  const archive = fields.archiveAddress.trim();
  const wanted: Record<string, unknown> = {
    ...before,
    personalAccounts: fields.personalAccounts ? undefined : false,
    allowedDomains: domains.length === 0 ? undefined : domains,
    allowedHosts: hosts.length === 0 ? undefined : hosts,
    archiveAddress: archive === '' ? undefined : archive,
    remoteContent: fields.remoteContent === '' ? undefined : fields.remoteContent,
    updates: fields.updates === '' ? undefined : fields.updates,
    logLevel: fields.logLevel === '' ? undefined : fields.logLevel,
    healthReports: fields.recommendReports ? 'recommended' : undefined,
    proxy: proxyOf(fields.proxy) ?? undefined,
    oauthClients: undefined,
  };
  const clients: Record<string, OAuthClient> = {};
  fields.clients.forEach((client, index) => {
    const key = clientKey(client);
    const place = `clients.${String(index)}`;
    if (client.clientId.trim() === '') faults[`${place}.clientId`] = 'required';
    if (key === '') faults[`${place}.issuer`] = 'required';
    else if (Object.hasOwn(clients, key))
      faults[client.provider === 'other' ? `${place}.issuer` : `${place}.provider`] = 'twice';
    else {
      clients[key] = clientOf(client);
      const alone = OrganisationPolicy.safeParse({ oauthClients: { [key]: clients[key] } });
      for (const { path } of alone.error?.issues ?? []) {
        const field = String(path[2] ?? 'issuer');
        faults[`${place}.${field}`] ??= 'invalid';
      }
    }
  });
  if (fields.clients.length > 0) wanted['oauthClients'] = clients;
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const parsed = OrganisationPolicy.safeParse(given);
  for (const { path } of parsed.error?.issues ?? []) {
    const field = String(path[0]);
    if (field !== 'oauthClients') faults[field] ??= 'invalid';
  }
  const clean = parsed.success && Object.keys(faults).length === 0;
  return { policy: clean ? parsed.data : null, faults };
}

export class PolicyForm {
  fields = $state.raw<PolicyFields>(fieldsOfPolicy({}));
  /** Faults are said once somebody tried to save. */
  judged = $state(false);
  readonly #before: OrganisationPolicy;
  readonly #initial: PolicyFields;
  readonly #read = $derived.by(() => readPolicyFields(this.fields, this.#before));

  constructor(policy: OrganisationPolicy) {
    this.#before = policy;
    this.#initial = fieldsOfPolicy(policy);
    this.fields = this.#initial;
  }

  get changed(): boolean {
    return JSON.stringify(this.fields) !== JSON.stringify(this.#initial);
  }

  /** null: something is wrong. */
  get policy(): OrganisationPolicy | null {
    return this.#read.policy;
  }

  faultAt(place: string): PolicyFault | undefined {
    return this.judged ? this.#read.faults[place] : undefined;
  }

  set(change: Partial<PolicyFields>): void {
    this.fields = { ...this.fields, ...change };
  }

  setClient(index: number, change: Partial<ClientFields>): void {
    this.set({ clients: this.fields.clients.map((one, at) => (at === index ? { ...one, ...change } : one)) });
  }

  addClient(): void {
    const taken = this.fields.clients.map(({ provider }) => provider);
    const provider = knownProviders.find((one) => !taken.includes(one)) ?? 'other';
    this.set({ clients: [...this.fields.clients, { ...emptyClient, provider }] });
  }

  removeClient(index: number): void {
    this.set({ clients: this.fields.clients.filter((_, at) => at !== index) });
  }
}
