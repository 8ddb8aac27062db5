/** The file of this machine's administrator: looked at again when it changed, and never larger than a policy can be. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { MachinePolicy } from '#shared/domain/policy.ts';
import { readPolicy } from '#shared/domain/policyFile.ts';
import type { Fault } from '#shared/errors/MailError.ts';

export type PolicyFileState =
  | { readonly kind: 'none' }
  | { readonly kind: 'good'; readonly policy: MachinePolicy }
  | { readonly kind: 'broken'; readonly faults: readonly Fault[] };

/** A policy is a page of text. */
export const maxPolicyBytes = 1024 * 1024;

/** Never throws. */
export function readPolicyFile(file: string): PolicyFileState {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    return code === 'ENOENT'
      ? { kind: 'none' }
      : broken('unreadable', `it cannot be read (${code})`, { reason: code });
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return broken('no-file', 'this is a folder or a device, not a file');
    if (stat.size > maxPolicyBytes)
      return broken('too-large', `it has ${String(stat.size)} bytes; a policy has no more than 1 MB`, {
        size: stat.size,
      });
    const bytes = Buffer.alloc(stat.size);
    const length = readSync(handle, bytes, 0, bytes.length, 0);
    return readBytes(bytes.subarray(0, length));
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code);
    return broken('unreadable', `it cannot be read (${reason})`, { reason });
  } finally {
    closeSync(handle);
  }
}

function readBytes(bytes: Uint8Array): PolicyFileState {
  let text: string;
  try {
    // A mark at the beginning, as editors on Windows write it, is taken off.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return broken('wrong-encoding', 'it is not written in UTF-8; save it anew with that encoding');
  }
  if (text.includes('\u0000'))
    return broken('wrong-encoding', 'it is not written in UTF-8; save it anew with that encoding');
  const read = readPolicy(text);
  return read.ok ? { kind: 'good', policy: read.policy } : { kind: 'broken', faults: read.faults };
}

function broken(code: string, message: string, params?: Fault['params']): PolicyFileState {
  return { kind: 'broken', faults: [{ path: '', code, message, ...(params ? { params } : {}) }] };
}
