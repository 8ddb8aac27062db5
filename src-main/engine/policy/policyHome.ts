/**
 * The policy in force: of the machine's file and of the shared config. A file that cannot be used is told, and the last one that could
 * stays in force; where there never was one, nothing new is let in until it is mended.
 */
import { fileStamp } from '#engine/fileStamp.ts';
import type { Clock, Log } from '#engine/ports/ports.ts';
import { dismissNotice, listNotices, recordNotice } from '#engine/store/notices.repo.ts';
import { deleteValue, readValue, writeValue } from '#engine/store/settings.repo.ts';
import type { Store } from '#engine/store/store.ts';
import type { Notice } from '#shared/contract/app.ts';
import type { PolicyReport } from '#shared/contract/policy.ts';
import {
  cautiousPolicy,
  MachinePolicy,
  mergePolicies,
  type OrganisationPolicy,
  type Policy,
  type PolicyRefusal,
} from '#shared/domain/policy.ts';
import { placedFaultText } from '#shared/i18n/faultText.ts';
import type { ProxyChoice } from '#shared/domain/proxy.ts';
import { MailError, type Fault } from '#shared/errors/MailError.ts';
import { readPolicyFile } from './policyFile.ts';

export interface PolicyHomeParts {
  /** null: this installation has no place for one. */
  readonly file: string | null;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the shared config in force. */
  readonly organisation: () => OrganisationPolicy | null;
  /** Are there presets in it? */
  readonly offersAccounts: () => boolean;
  /** Told after another policy came into force. */
  readonly onChanged: (policy: Policy) => void;
  readonly onNotice: (notice: Notice) => void;
  /** Does not look by itself. */
  readonly passive: boolean;
}

const lookEveryMs = 30_000;
const lastGoodKey = 'policy.lastGood';
const noticeId = 'policy';

interface Machine {
  readonly state: PolicyReport['state'];
  readonly policy: MachinePolicy | null;
  readonly faults: readonly Fault[];
}

export class PolicyHome implements Disposable {
  readonly #parts: PolicyHomeParts;
  #stamp: string | null = null;
  #machine: Machine = { state: 'none', policy: null, faults: [] };
  #told = '';
  #timer: Disposable | null = null;

  constructor(parts: PolicyHomeParts) {
    this.#parts = parts;
    this.#read();
    this.#told = JSON.stringify(this.current);
    if (!parts.passive && parts.file !== null) this.#lookLater();
  }

  /** The file as it is now, and the shared config that is in force. */
  get current(): Policy {
    this.#read();
    return mergePolicies(this.#machine.policy, this.#parts.organisation());
  }

  get report(): PolicyReport {
    const { proxy, oauthClients, sources, ...policy } = this.current;
    const { state, faults } = this.#machine;
    return {
      file: this.#parts.file,
      state,
      faults: [...faults],
      ...policy,
      offersAccounts: this.#parts.offersAccounts(),
      allowedDomains: policy.allowedDomains && [...policy.allowedDomains],
      allowedHosts: policy.allowedHosts && [...policy.allowedHosts],
      caFiles: [...policy.caFiles],
      proxy: proxy === null ? null : withoutPassword(proxy),
      oauthProviders: [...new Set(oauthClients.flatMap((clients) => Object.keys(clients)))],
      sources: { ...sources },
    };
  }

  /** Looks whether another policy is in force by now, and tells it. */
  look(): void {
    const { current } = this;
    const text = JSON.stringify(current);
    if (text === this.#told) return;
    this.#told = text;
    this.#parts.store.write((db) => db.changed({ kind: 'settings' }));
    this.#parts.onChanged(current);
  }

  /** Throws `policy-unreadable` where the machine's file says nothing that can be believed. */
  assertReadable(): void {
    const { file } = this.#parts;
    this.#read();
    if (this.#machine.state !== 'cautious') return;
    const [first] = this.#machine.faults;
    throw new MailError(
      'policy-unreadable',
      { file: file ?? '', reason: first === undefined ? '' : placedFaultText(first, 'en') },
      { faults: this.#machine.faults },
    );
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  #lookLater(): void {
    this.#timer = this.#parts.clock.setTimer(lookEveryMs, () => {
      this.look();
      this.#lookLater();
    });
  }

  #read(): void {
    const { file } = this.#parts;
    if (file === null) return;
    const stamp = fileStamp(file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#machine = this.#judge(file);
  }

  #judge(file: string): Machine {
    const { store, clock, log } = this.#parts;
    const read = readPolicyFile(file);
    if (read.kind !== 'broken') {
      const policy = read.kind === 'good' ? read.policy : null;
      const noticed = listNotices(store.read).some(({ id }) => id === noticeId);
      if (noticed) store.write((db) => dismissNotice(db, noticeId));
      if (JSON.stringify(readValue(store.read, lastGoodKey)) !== JSON.stringify(policy)) {
        store.write((db) => {
          if (policy === null) deleteValue(db, lastGoodKey);
          else writeValue(db, lastGoodKey, policy);
        });
      }
      return { state: policy === null ? 'none' : 'in-force', policy, faults: [] };
    }
    const { faults } = read;
    const kept = MachinePolicy.safeParse(readValue(store.read, lastGoodKey));
    const [first] = faults;
    const notice: Notice = {
      id: noticeId,
      code: kept.success ? 'policy-last-good' : 'policy-cautious',
      params: {
        file,
        ...(first === undefined
          ? {}
          : { reason: first.message, fault: first.code, path: first.path, ...first.params }),
      },
      at: clock.now(),
    };
    log.warn('the policy of this machine cannot be used', { faults: faults.map(({ code }) => code) });
    store.write((db) => recordNotice(db, notice));
    this.#parts.onNotice(notice);
    return kept.success
      ? { state: 'last-good', policy: kept.data, faults }
      : { state: 'cautious', policy: cautiousPolicy, faults };
  }
}

/** Throws what a policy says against something, where it says anything. */
export function refuse(refusal: PolicyRefusal | null): void {
  if (refusal !== null) throw new MailError(refusal.code, refusal.params);
}

/** As it may be shown. */
export function withoutPassword(proxy: NonNullable<Policy['proxy']>): ProxyChoice {
  if (proxy.mode !== 'manual') return proxy;
  const { password: _, ...rest } = proxy;
  return rest;
}
