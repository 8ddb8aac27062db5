/** Finding an account's servers, and importing many accounts: the contract's handlers. */
import type { ProviderOf } from '#engine/accounts/accountFile.ts';
import { discover, type DiscoverParts } from '#engine/accounts/discovery/discover.ts';
import { ImportSession, type ImportActs } from '#engine/accounts/import/importSession.ts';
import { readImport } from '#engine/accounts/import/readImport.ts';
import type { Jobs } from '#engine/jobs/jobs.ts';
import type { Clock, Ids } from '#engine/ports/ports.ts';
import type { CommandName, HandlersOf } from '#shared/contract/contract.ts';
import type { discoveryCommands, ImportRow } from '#shared/contract/discovery.ts';
import { MailError } from '#shared/errors/MailError.ts';

export interface DiscoveryHandlerParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly discovery: DiscoverParts;
  /** Throws `not-permitted` for everybody but administrators of the organisation. */
  readonly assertAdmin: () => Promise<void>;
  readonly acts: Omit<ImportActs, 'told'>;
  /** Who signs in for a mail server. */
  readonly providerOf: ProviderOf;
  readonly jobs: Jobs;
  readonly told: (importId: string, row: ImportRow) => void;
}

type DiscoveryCommandName = Extract<CommandName, keyof typeof discoveryCommands>;

/** Opened and forgotten imports hold passwords: only so many are kept. */
const maxOpen = 4;

export function createDiscoveryHandlers(parts: DiscoveryHandlerParts): HandlersOf<DiscoveryCommandName> {
  const open = new Map<string, ImportSession>();
  const session = (importId: string): ImportSession => {
    const found = open.get(importId);
    if (!found) throw new MailError('not-found', { what: 'import' });
    return found;
  };
  return {
    'accounts.discover': async ({ address, forGroup }, signal) => {
      const { permits: _, ...free } = parts.discovery;
      if (forGroup) await parts.assertAdmin();
      return discover(address, forGroup ? free : parts.discovery, signal);
    },
    'import.open': async ({ content, format, users }) => {
      const file = await readImport(content, {
        format,
        users,
        now: new Date(parts.clock.now()),
        providerOf: parts.providerOf,
      });
      const importId = parts.ids.uuid();
      const opened = new ImportSession(file.rows, {
        ...parts.acts,
        told: (row) => parts.told(importId, row),
      });
      const oldest = open.keys().next().value;
      if (open.size >= maxOpen && oldest !== undefined) open.delete(oldest);
      open.set(importId, opened);
      return { importId, format: file.format, signer: file.signer, rows: opened.rows() };
    },
    'import.edit': async ({ importId, line, ...change }) => session(importId).edit(line, change),
    'import.signIn': async ({ importId, line, signIn }, signal) =>
      session(importId).signIn(line, signIn, signal),
    'import.run': async ({ importId, lines }, signal) => {
      const opened = session(importId);
      const id = `accounts ${importId}`;
      const job = parts.jobs.begin({ id, kind: 'accounts', accountId: null, folder: null });
      try {
        return { rows: await opened.run(lines, job, signal) };
      } finally {
        // Perhaps ended while it was held up: the next run of this file is another.
        job.finish();
      }
    },
    'import.failedRows': async ({ importId, language }) => ({
      csv: session(importId).failedRows(language),
    }),
    'import.close': async ({ importId }) => {
      open.delete(importId);
      return {};
    },
  };
}
