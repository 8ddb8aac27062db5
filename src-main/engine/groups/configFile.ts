/**
 * The shared config as a file: written by administrators, believed only by its signatures. A file carries small statements about its
 * administrators beside the newest revision, so that a client which was away follows every change of keys (docs/decisions/0011).
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '#shared/domain/group/canonicalJson.ts';
import {
  configPayloadType,
  maxConfigBytes,
  OrganisationId,
  PublicKey,
  UserId,
  type SharedConfig,
} from '#shared/domain/group/config.ts';
import { checkConfig } from '#shared/domain/group/configRules.ts';
import { parseStrictJson } from '#shared/domain/group/strictJson.ts';
import { MailError, type Fault } from '#shared/errors/MailError.ts';
import {
  openEnvelope,
  openEnvelopeValue,
  sealEnvelope,
  type Envelope,
  type Opened,
  type SignatureChecker,
  type SigningKey,
} from './dsse.ts';
import { fingerprintOf } from './fingerprint.ts';

export const adminsPayloadType = 'application/vnd.postkorb.admins+json';
const maxStatements = 1000;

const AdminStatement = z.object({
  format: z.literal(1),
  organisation: OrganisationId,
  /** These administrators hold from this revision on. */
  revision: z.int().min(1),
  admins: z
    .array(z.object({ user: UserId, key: PublicKey }))
    .min(1)
    .max(100),
});
type AdminStatement = z.infer<typeof AdminStatement>;

/** Whom a file must come from. */
export type Anchor =
  | { readonly kind: 'held'; readonly config: SharedConfig; readonly digest: string }
  /** From a join link. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  /** First use of a file whose fingerprint a person looks at before he goes on. */
  | { readonly kind: 'itself' };

export interface ConfigFile {
  readonly config: SharedConfig;
  /** SHA-256 of the payload, lower-case hex: tells two files of one revision apart. */
  readonly digest: string;
  readonly signer: PublicKey;
  readonly text: string;
}

export function digestOf(payload: Uint8Array | string): string {
  return createHash('sha256').update(payload).digest('hex');
}

/**
 * Believes the file, or throws: config-not-json, config-unsigned, config-unknown-signer, fingerprint-mismatch, config-invalid (with
 * every fault), other-organisation, config-rollback, config-fork, config-too-large. The held revision itself comes back as it is.
 */
export function readConfigFile(
  text: string,
  anchor: Anchor,
  checker: SignatureChecker,
  options: { readonly trusted?: boolean } = {},
): ConfigFile {
  if (Buffer.byteLength(text) > maxConfigBytes) throw new MailError('config-too-large');
  const opened = openEnvelope(text, configPayloadType);
  if (!opened.ok) {
    throw opened.fault === 'not-json'
      ? new MailError('config-not-json', { reason: opened.message })
      : new MailError('config-unsigned', { reason: opened.message });
  }
  const valid = checker.validKeys(opened);
  const [first] = valid;
  if (first === undefined) throw new MailError('config-unsigned', { reason: 'the signature is not right' });

  const config = readPayload(opened.payload);
  const trusted = trustedKeys(anchor, config, statementsOf(opened.envelope, checker));
  // Our own copy of what was believed before, which perhaps an administrator signed who took leave by it.
  const signer = options.trusted === true ? first : valid.find((key) => trusted(key));
  if (signer === undefined) {
    const fingerprint = fingerprintOf(first);
    throw anchor.kind === 'fingerprint'
      ? new MailError('fingerprint-mismatch', { expected: anchor.fingerprint, actual: fingerprint })
      : new MailError('config-unknown-signer', { fingerprint });
  }
  const file = { config, digest: digestOf(opened.payload), signer, text };
  if (anchor.kind === 'held') assertNotOlder(file, anchor);
  return file;
}

function readPayload(payload: Uint8Array): SharedConfig {
  const json = parseStrictJson(Buffer.from(payload).toString('utf8'));
  if (!json.ok) throw invalid([{ path: '', code: json.fault.code, message: json.fault.message }]);
  const checked = checkConfig(json.value);
  if (!checked.ok) throw invalid(checked.faults);
  return checked.config;
}

export function invalid(faults: readonly Fault[]): MailError {
  return new MailError('config-invalid', { count: faults.length }, { faults });
}

function assertNotOlder({ config, digest }: ConfigFile, held: Extract<Anchor, { kind: 'held' }>): void {
  const known = held.config;
  if (config.organisation.id !== known.organisation.id) {
    throw new MailError('other-organisation', {
      name: known.organisation.name,
      other: config.organisation.name,
    });
  }
  if (config.revision < known.revision) {
    throw new MailError('config-rollback', { revision: config.revision, known: known.revision });
  }
  if (config.revision === known.revision && digest !== held.digest) {
    throw new MailError('config-fork', {
      revision: config.revision,
      known: held.digest.slice(0, 16),
      other: digest.slice(0, 16),
    });
  }
}

interface SignedStatement {
  readonly statement: AdminStatement;
  readonly signers: readonly PublicKey[];
}

/** Those that can be read, in the file's order; others are as good as missing. */
function statementsOf(envelope: Envelope, checker: SignatureChecker): SignedStatement[] {
  const listed: unknown = envelope['adminChanges'];
  if (!Array.isArray(listed) || listed.length > maxStatements) return [];
  return listed.flatMap((value: unknown) => {
    const opened: Opened = openEnvelopeValue(value, adminsPayloadType);
    if (!opened.ok) return [];
    const json = parseStrictJson(Buffer.from(opened.payload).toString('utf8'));
    const parsed = json.ok ? AdminStatement.safeParse(json.value) : null;
    return parsed?.success ? [{ statement: parsed.data, signers: checker.validKeys(opened) }] : [];
  });
}

/** From what is trusted to those who may sign this revision: each statement must be signed by somebody trusted until then. */
function trustedKeys(
  anchor: Anchor,
  config: SharedConfig,
  statements: readonly SignedStatement[],
): (key: PublicKey) => boolean {
  if (anchor.kind === 'itself') return among(config.admins);
  let trusted =
    anchor.kind === 'held'
      ? among(anchor.config.admins)
      : (key: PublicKey) => fingerprintOf(key) === anchor.fingerprint;
  let revision = anchor.kind === 'held' ? anchor.config.revision : 0;
  for (const { statement, signers } of statements) {
    // Who signs a revision was an administrator before it; so its own statement does not count for it.
    if (statement.revision <= revision || statement.revision >= config.revision) continue;
    if (statement.organisation !== config.organisation.id || !signers.some((key) => trusted(key))) continue;
    trusted = among(statement.admins);
    ({ revision } = statement);
  }
  return trusted;
}

function among(admins: readonly { readonly key: PublicKey }[]): (key: PublicKey) => boolean {
  return (key) => admins.some((admin) => admin.key === key);
}

/** Signs a revision. `previous`: the file that it follows, null for the first. Throws `config-invalid` for a config that breaks a rule. */
export function writeConfigFile(
  config: SharedConfig,
  previous: ConfigFile | null,
  key: SigningKey,
  checker: SignatureChecker,
): ConfigFile {
  const checked = checkConfig(JSON.parse(JSON.stringify(config)));
  if (!checked.ok) throw invalid(checked.faults);
  const payload = canonicalJson(checked.config);
  const envelope = sealEnvelope(configPayloadType, payload, [key]);
  const text = `${JSON.stringify({ ...envelope, adminChanges: adminChanges(checked.config, previous, key, checker) }, null, 2)}\n`;
  if (Buffer.byteLength(text) > maxConfigBytes) throw new MailError('config-too-large');
  return { config: checked.config, digest: digestOf(payload), signer: key.publicKey, text };
}

/** One statement for each change of the administrators, and one by each administrator since the last change. */
function adminChanges(
  config: SharedConfig,
  previous: ConfigFile | null,
  key: SigningKey,
  checker: SignatureChecker,
): unknown[] {
  const opened = previous === null ? null : openEnvelope(previous.text, configPayloadType);
  const listed: unknown = opened?.ok ? opened.envelope['adminChanges'] : [];
  const kept: unknown[] = Array.isArray(listed) ? listed : [];
  const sameAdmins = (admins: SharedConfig['admins']): boolean =>
    canonicalJson(admins) === canonicalJson(config.admins);
  const said =
    opened?.ok === true &&
    statementsOf(opened.envelope, checker).some(
      ({ statement, signers }) => sameAdmins(statement.admins) && signers.includes(key.publicKey),
    );
  if (said && previous !== null && sameAdmins(previous.config.admins)) return kept;
  const statement: AdminStatement = {
    format: 1,
    organisation: config.organisation.id,
    revision: config.revision,
    admins: config.admins,
  };
  return [...kept, sealEnvelope(adminsPayloadType, canonicalJson(statement), [key])].slice(-maxStatements);
}
