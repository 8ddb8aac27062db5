/** A proxy as it is typed. Pure. */
import type { ManualProxy, ProxyChoice } from '#shared/domain/proxy.ts';

export interface ProxyFields {
  /** Empty: nothing is prescribed. */
  readonly mode: '' | ProxyChoice['mode'];
  readonly type: ManualProxy['type'];
  readonly host: string;
  readonly port: string;
  readonly user: string;
}

export function fieldsOfProxy(proxy: ProxyChoice | null): ProxyFields {
  const manual = proxy?.mode === 'manual' ? proxy : null;
  return {
    mode: proxy?.mode ?? '',
    type: manual?.type ?? 'socks5',
    host: manual?.host ?? '',
    port: manual === null ? '1080' : String(manual.port),
    user: manual?.user ?? '',
  };
}

/** What the fields mean, to be judged by its schema; null: nothing is prescribed. */
export function proxyOf({ mode, type, host, port, user }: ProxyFields): ProxyChoice | null {
  if (mode === '') return null;
  if (mode !== 'manual') return { mode };
  return {
    mode,
    type,
    host: host.trim(),
    port: /^\d{1,5}$/.test(port.trim()) ? Number(port) : 0,
    ...(user.trim() === '' ? {} : { user: user.trim() }),
  };
}
