/** Compiles the window's state classes (`*.svelte.ts`) as the window does: with live runes, where Vitest's Node would get the server's. */
import { compileModule } from 'svelte/compiler';
import type { Plugin } from 'vite';

export function runes(): Plugin {
  return {
    name: 'runes',
    transform(code, id) {
      const [filename = ''] = id.split('?');
      if (!filename.endsWith('.svelte.ts')) return null;
      const { js } = compileModule(code, { filename, generate: 'client', dev: false });
      return { code: js.code, map: js.map };
    },
  };
}
