/** The window begins here: finds its host, opens the engine, mounts the app. */
import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/hues.css';
import { mount } from 'svelte';
import App from './app/App.svelte';
import { createApp } from './app/createApp.svelte.ts';
import { createBrowserHost } from './transport/browserHost.ts';
import { browserOpener } from './transport/browser.ts';
import { createDesktopHost } from '#shared/rpc/desktopBridge.ts';
import { desktopOpener, findDesktopBridge } from './transport/desktop.ts';

function report(error: unknown, why = 'in the window'): void {
  // The one place: a desktop shell writes a window's console into its log.
  // eslint-disable-next-line no-console
  console.error(`postkorb: ${why}`, error);
}

const bridge = findDesktopBridge(window);
const reportTransport = (error: unknown): void => report(error, 'the line to the engine');
const app = createApp({
  open: bridge
    ? desktopOpener(bridge, reportTransport)
    : browserOpener(window.location, window.history, reportTransport),
  host: bridge
    ? createDesktopHost(bridge)
    : createBrowserHost((error) => report(error, 'an event of the host')),
  storage: window.localStorage,
  locale: navigator.language,
  darkQuery: window.matchMedia('(prefers-color-scheme: dark)'),
  report,
});
const target = document.getElementById('app');
if (target) mount(App, { target, props: { app } });
