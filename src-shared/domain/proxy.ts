/** The way out to the network, where it is not the direct one. */
import * as z from 'zod';
import { Server } from './account.ts';

export const ManualProxy = z.strictObject({
  mode: z.literal('manual'),
  /** "http" is a proxy that is asked to CONNECT (RFC 9110, 9.3.6); "https" the same over TLS, with a certificate that must verify. */
  type: z.enum(['socks5', 'http', 'https']),
  host: Server.shape.host,
  port: z.int().min(1).max(65_535),
  /** Its password lies with the secrets, not here. */
  user: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\u0000-\u001f\u007f:]+$/)
    .optional(),
});
export type ManualProxy = z.infer<typeof ManualProxy>;

/** "system": what the environment variables HTTPS_PROXY, ALL_PROXY and NO_PROXY say. */
export const ProxyChoice = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({ mode: z.literal('system') }),
  ManualProxy,
]);
export type ProxyChoice = z.infer<typeof ProxyChoice>;
