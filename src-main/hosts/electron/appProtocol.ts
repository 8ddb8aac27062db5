/** The window's own address: a scheme that serves a fixed list of files with the same policy as the browser host, and nothing from disk by path. */
import { protocol, type Session } from 'electron';
import type { Assets } from '#hosts/node/assets.ts';
import { securityHeaders } from '#hosts/node/pageSecurity.ts';

export const appScheme = 'postkorb-app';
export const appOrigin = `${appScheme}://window`;
export const windowUrl = `${appOrigin}/index.html`;

/** Before the app is ready: the scheme is a standard, secure origin of its own, without service workers and without any bypass of the policy. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function serveAppScheme(session: Session, assets: Assets): void {
  session.protocol.handle(appScheme, (request) => {
    const url = new URL(request.url);
    const asset = url.host === 'window' && request.method === 'GET' ? assets.get(url.pathname) : undefined;
    const headers = securityHeaders();
    if (!asset) return new Response(null, { status: 404, headers });
    return new Response(asset.body, { headers: { ...headers, 'content-type': asset.contentType } });
  });
}
