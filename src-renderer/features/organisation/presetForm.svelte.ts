/** An account that the organisation offers, as an administrator edits it. */
import type { Security } from '#shared/domain/account.ts';
import { Preset } from '#shared/domain/group/config.ts';

export interface OfferedServer {
  readonly host: string;
  readonly port: string;
  readonly security: Security;
  readonly user: string;
}

export interface PresetFields {
  /** An address, or a domain. */
  readonly match: string;
  readonly name: string;
  readonly displayName: string;
  readonly archiveAddress: string;
  readonly imap: OfferedServer;
  readonly sends: boolean;
  readonly smtp: OfferedServer;
}

/** "match", "archiveAddress", "imap.host" */
export type PresetFaults = Readonly<Record<string, 'invalid' | 'required'>>;

const emptyFields: PresetFields = {
  match: '',
  name: '',
  displayName: '',
  archiveAddress: '',
  imap: { host: '', port: '993', security: 'tls', user: '{address}' },
  sends: true,
  smtp: { host: '', port: '465', security: 'tls', user: '{address}' },
};

export function fieldsOfPreset({ match, settings }: Preset): PresetFields {
  const server = (one: NonNullable<Preset['settings']['smtp']>): OfferedServer => ({
    ...one,
    port: String(one.port),
  });
  return {
    match: match.address ?? match.domain ?? '',
    name: settings.name ?? '',
    displayName: settings.displayName ?? '',
    archiveAddress: settings.archiveAddress ?? '',
    imap: server(settings.imap),
    sends: settings.smtp !== null,
    smtp: settings.smtp === null ? emptyFields.smtp : server(settings.smtp),
  };
}

/** `before`: what the form does not show (trust, a sign-in) is kept. */
export function readPresetFields(
  fields: PresetFields,
  before: Preset | null,
): { readonly preset: Preset | null; readonly faults: PresetFaults } {
  const faults: Record<string, 'invalid' | 'required'> = {};
  const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());
  const required = (place: string, value: string): void => {
    if (value.trim() === '') faults[place] = 'required';
  };
  const server = ({ host, port, security, user }: OfferedServer) => ({
    host: host.trim(),
    port: /^\d{1,5}$/.test(port.trim()) ? Number(port) : 0,
    security,
    user: user.trim(),
  });
  const wanted = fields.match.trim().replace(/^@/, '');
  required('match', wanted);
  required('imap.host', fields.imap.host);
  if (fields.sends) required('smtp.host', fields.smtp.host);
  const {
    name: _,
    displayName: __,
    address: ___,
    ...kept
  } = before?.settings ?? { tls: { trust: 'system' } };
  const [name, displayName] = [text(fields.name), text(fields.displayName)];
  const parsed = Preset.safeParse({
    match: wanted.includes('@') ? { address: wanted } : { domain: wanted },
    settings: {
      ...kept,
      ...(name === undefined ? {} : { name }),
      ...(displayName === undefined ? {} : { displayName }),
      imap: server(fields.imap),
      smtp: fields.sends ? server(fields.smtp) : null,
      archiveAddress: text(fields.archiveAddress) ?? null,
    },
  });
  for (const { path } of parsed.error?.issues ?? []) {
    const place = path[0] === 'match' ? 'match' : path.slice(1).map(String).join('.');
    faults[place] ??= 'invalid';
  }
  return { preset: parsed.success && Object.keys(faults).length === 0 ? parsed.data : null, faults };
}

export class PresetForm {
  fields = $state.raw<PresetFields>(emptyFields);
  judged = $state(false);
  readonly before: Preset | null;
  readonly #read = $derived.by(() => readPresetFields(this.fields, this.before));

  /** @param before null: a new one */
  constructor(before: Preset | null) {
    this.before = before;
    if (before !== null) this.fields = fieldsOfPreset(before);
  }

  /** null: something is wrong. */
  get preset(): Preset | null {
    return this.#read.preset;
  }

  faultAt(place: string): 'invalid' | 'required' | undefined {
    return this.judged ? this.#read.faults[place] : undefined;
  }

  set(change: Partial<PresetFields>): void {
    this.fields = { ...this.fields, ...change };
  }

  setServer(protocol: 'imap' | 'smtp', change: Partial<OfferedServer>): void {
    const { security } = change;
    const usual = { imap: { tls: '993', starttls: '143' }, smtp: { tls: '465', starttls: '587' } }[protocol];
    const port = security === 'tls' || security === 'starttls' ? { port: usual[security] } : {};
    this.set({ [protocol]: { ...this.fields[protocol], ...port, ...change } });
  }
}
