/** What a page and the browser host agree on beside the engine's contract: how the one-time token becomes a session, and where the engine is. */
export const webHost = {
  /** `#token=…` of the address that the host printed. A fragment is never sent to a server, so it stays out of logs and referrers. */
  tokenFragment: 'token',
  /** POST {"token": "…"} as JSON, once for each token: 204 and a cookie, or 403. */
  sessionPath: '/session',
  /** Must be on that POST: a form or a plain fetch of another site cannot set it. */
  sessionHeader: 'x-postkorb-session',
  /** The WebSocket: 401 without a session's cookie. */
  enginePath: '/engine',
  /** The WebSocket's close code when the engine behind the host went away; it is started again, so connect again. */
  engineGoneCode: 4001,
} as const;
