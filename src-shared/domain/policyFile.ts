/** The text of a machine's policy file, read strictly: every fault with its place, nothing of it quoted. */
import type { Fault } from '../errors/MailError.ts';
import { parseStrictJson } from './group/strictJson.ts';
import { MachinePolicy } from './policy.ts';
import { issueFaults } from './schemaFaults.ts';

export type PolicyRead =
  | { readonly ok: true; readonly policy: MachinePolicy }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Never throws. */
export function readPolicy(text: string): PolicyRead {
  const json = parseStrictJson(text);
  if (!json.ok) return { ok: false, faults: [{ path: '', ...json.fault }] };
  const parsed = MachinePolicy.safeParse(json.value);
  if (parsed.success) return { ok: true, policy: parsed.data };
  return { ok: false, faults: parsed.error.issues.flatMap(issueFaults).slice(0, 100) };
}
