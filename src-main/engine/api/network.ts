/** The proxy's password, and the authorities beside the system's: the contract's handlers. */
import { readAuthorities } from '#engine/net/network.ts';
import type { SecretStore } from '#engine/ports/ports.ts';
import type { HandlersOf } from '#shared/contract/contract.ts';
import { MailError } from '#shared/errors/MailError.ts';

export const proxyPasswordKey = 'proxy-password';

export interface NetworkHandlerParts {
  readonly secrets: SecretStore;
  readonly caFiles: () => readonly string[];
  /** The organisation prescribes the proxy. */
  readonly prescribed: () => boolean;
  readonly onPassword: (password: string | null) => void;
}

export function createNetworkHandlers(
  parts: NetworkHandlerParts,
): HandlersOf<'network.setProxyPassword' | 'network.authorities'> {
  return {
    'network.setProxyPassword': async ({ password }) => {
      if (parts.prescribed()) throw new MailError('policy-setting', { setting: 'proxy' });
      if (password === null) await parts.secrets.delete(proxyPasswordKey);
      else await parts.secrets.set(proxyPasswordKey, password);
      parts.onPassword(password);
      return {};
    },
    'network.authorities': () => {
      const files = [...parts.caFiles()];
      const faults = files.flatMap((path) => {
        try {
          readAuthorities(path);
          return [];
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code ?? 'no-certificate';
          const message =
            code === 'no-certificate' ? 'there is no certificate (PEM) in it' : `it cannot be read (${code})`;
          return [{ path, code: code.toLowerCase(), message }];
        }
      });
      return Promise.resolve({ files, faults });
    },
  };
}
