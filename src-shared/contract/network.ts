/** The way out to the network, as far as it is no setting that is shown. */
import * as z from 'zod';
import { Fault } from '../errors/MailError.ts';
import { command } from './define.ts';

export const networkCommands = {
  /** Of the proxy in the settings; null: none. Kept with the secrets. Errors: secrets-unavailable, policy-setting. */
  'network.setProxyPassword': command(
    z.object({ password: z.string().min(1).max(255).nullable() }),
    z.object({}),
  ),
  /** Files with authorities that cannot be used, each with the reason. */
  'network.authorities': command(
    z.object({}),
    z.object({ files: z.array(z.string()), faults: z.array(Fault) }),
  ),
};
