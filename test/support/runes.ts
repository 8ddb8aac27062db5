/** Compiles the window's state classes (`*.svelte.ts`) as the window does: with live runes, where Vitest's Node would get the server's. */
import { compile, compileModule } from 'svelte/compiler';
import type { Plugin } from 'vite';

export function runes(): Plugin {
  return {
    name: 'runes',
    transform(code, id) {
      const [filename = ''] = id.split('?');
      // Icons, which commands carry.
      if (filename.endsWith('.svelte')) {
        const { js } = compile(code, { filename, generate: 'client', dev: false, css: 'injected' });
        return { code: js.code, map: js.map };
      }
      if (!filename.endsWith('.svelte.ts')) return null;
      const { js } = compileModule(code, { filename, generate: 'client', dev: false });
      return { code: js.code, map: js.map };
    },
  };
}
