/** How an installation is known to the providers it signs in at: client ids, from the shared config or from an administrator's file. */
import * as z from 'zod';

const word = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\s\u0000-\u001f\u007f]+$/);
const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9.-]+$/i);

export const OAuthClient = z.strictObject({
  clientId: word(500),
  /** Where the provider gives one to desktop programs too (Google); it is no secret there. */
  clientSecret: word(500).optional(),
  /** Microsoft: a directory of one's own instead of "common". */
  tenant: host.optional(),
  /** Another provider than the known ones: how people call it, the mail servers it signs in for, and what is asked for. */
  name: z.string().min(1).max(100).optional(),
  hosts: z.array(host).max(50).optional(),
  scopes: z.array(word(500)).max(20).optional(),
  /** The redirect address is on this name; default 127.0.0.1. */
  redirectHost: z.enum(['127.0.0.1', 'localhost']).optional(),
});
export type OAuthClient = z.infer<typeof OAuthClient>;

/** By provider: "google", "microsoft", or the address of an OpenID Connect issuer. */
export const OAuthClients = z.record(
  z
    .string()
    .max(500)
    .regex(/^([a-z0-9-]+|https:\/\/\S+|http:\/\/(127\.0\.0\.1|localhost)[:/]\S*)$/),
  OAuthClient,
);
export type OAuthClients = z.infer<typeof OAuthClients>;
