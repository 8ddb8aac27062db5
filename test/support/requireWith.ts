/** Loads a built CommonJS bundle with a stand-in for one of its modules, fresh each time. */
import Module, { createRequire } from 'node:module';

interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

export function requireWith(bundle: string, name: string, standIn: unknown): unknown {
  const loader = Module as unknown as Loader;
  const original = loader._load;
  const require = createRequire(import.meta.url);
  loader._load = function load(request, parent, isMain) {
    return request === name ? standIn : original.call(this, request, parent, isMain);
  };
  try {
    Reflect.deleteProperty(require.cache, require.resolve(bundle));
    return require(bundle) as unknown;
  } finally {
    loader._load = original;
  }
}
