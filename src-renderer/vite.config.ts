import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The window's files, the same for every host. `base` is relative: one host serves them from a custom scheme, another over HTTP. */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    // Inlined files would be data: addresses, which the page's policy allows for pictures alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: here('index.html'), leave: here('leave.html') } },
  },
});
