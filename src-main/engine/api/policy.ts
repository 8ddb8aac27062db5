/** The policy as windows and the command line show it, and what of the person's settings it takes the place of. */
import { withoutPassword, type PolicyHome } from '#engine/policy/policyHome.ts';
import type { Settings } from '#shared/contract/app.ts';
import type { HandlersOf } from '#shared/contract/contract.ts';
import type { Policy } from '#shared/domain/policy.ts';
import { MailError } from '#shared/errors/MailError.ts';

/** Settings that a policy can prescribe. */
const prescribed = ['updates', 'logLevel', 'proxy'] as const satisfies readonly (keyof Settings &
  keyof Policy)[];

export function createPolicyHandlers(home: PolicyHome): HandlersOf<'policy.get'> {
  return { 'policy.get': () => Promise.resolve(home.report) };
}

/** The settings as they count. */
export function settingsUnder(policy: Policy, settings: Settings): Settings {
  const { updates, logLevel, proxy } = policy;
  return {
    ...settings,
    ...(updates === null ? {} : { updates }),
    ...(logLevel === null ? {} : { logLevel }),
    ...(proxy === null ? {} : { proxy: withoutPassword(proxy) }),
  };
}

/** Throws `policy-setting` where the organisation prescribes what is to be changed. */
export function assertFree(policy: Policy, change: Partial<Settings>): void {
  const taken = prescribed.find((key) => change[key] !== undefined && policy[key] !== null);
  if (taken !== undefined) throw new MailError('policy-setting', { setting: taken });
}
