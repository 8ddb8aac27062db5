/** The browser host: the one-time token of the address becomes a session, then a WebSocket carries the engine's messages. */
import { webHost } from '#shared/contract/webHost.ts';
import { createRpcClient } from '#shared/rpc/client.ts';
import type { RpcClient } from '#shared/rpc/client.ts';
import { createJsonCodec } from '#shared/rpc/jsonCodec.ts';
import { createWebSocketTransport } from '#shared/rpc/webSocket.ts';
import { SessionRefused } from './connection.svelte.ts';
import type { OpenClient } from './connection.svelte.ts';

/** Takes the token out of the address, so that it stays neither in the history nor on screen. */
function takeToken(page: Location, history: History): string | null {
  const token = new URLSearchParams(page.hash.slice(1)).get(webHost.tokenFragment);
  if (token !== null) history.replaceState(null, '', page.pathname + page.search);
  return token;
}

async function startSession(token: string): Promise<void> {
  const answer = await fetch(webHost.sessionPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [webHost.sessionHeader]: '1' },
    body: JSON.stringify({ token }),
    credentials: 'same-origin',
  });
  // A token that was used already is no fault where its session still lives: the socket decides.
  if (!answer.ok && answer.status !== 403) throw new Error(`session: ${answer.status}`);
}

function openSocket(page: Location): Promise<WebSocket> {
  const address = `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}${webHost.enginePath}`;
  const socket = new WebSocket(address);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket), { once: true });
    socket.addEventListener('close', () => reject(new Error('socket')), { once: true });
  });
}

/** Opens the engine behind the page's own host. Rejects with SessionRefused where the page is served but not let in. */
export function browserOpener(
  page: Location,
  history: History,
  report: (error: unknown) => void,
): OpenClient {
  let token = takeToken(page, history);
  let wasOpen = false;
  return async (): Promise<RpcClient> => {
    if (token !== null) {
      await startSession(token);
      token = null;
    }
    let socket: WebSocket;
    try {
      socket = await openSocket(page);
    } catch (error) {
      // A browser does not say why a socket was refused. The page has just come from this host, so it is there: it knows us not.
      const answer = await fetch(page.pathname, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
      if (answer?.ok && !wasOpen) throw new SessionRefused();
      throw error;
    }
    wasOpen = true;
    return createRpcClient(createWebSocketTransport(socket, createJsonCodec()), { report });
  };
}
