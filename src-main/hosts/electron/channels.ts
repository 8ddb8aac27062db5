/** The IPC channels between the shell and its window's preload. The page itself can name none of them. */
export const channels = {
  /** window -> shell: opens the page's one connection to the engine; an earlier one closes. */
  connect: 'postkorb:connect',
  /** both ways: one RPC message of the connection whose number comes first. */
  message: 'postkorb:message',
  /** both ways: the connection ended. */
  close: 'postkorb:close',
  /** window -> shell: a request of the contract's `hostRequests`. */
  request: 'postkorb:request',
  /** shell -> window: a `HostEvent`. */
  event: 'postkorb:event',
} as const;

/** Among the preload's arguments: what it must know at once, as JSON. */
export const bootArgument = '--postkorb-boot=';
