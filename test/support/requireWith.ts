/** Loads CommonJS modules with a stand-in for one that they require. */
import Module, { createRequire } from 'node:module';

interface Loader {
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

/** While it lasts, whoever requires `name` gets `standIn`. */
export function standInFor(name: string, standIn: unknown): Disposable {
  const loader = Module as unknown as Loader;
  const original = loader._load;
  loader._load = function load(request, parent, isMain) {
    return request === name ? standIn : original.call(this, request, parent, isMain);
  };
  return {
    [Symbol.dispose]: () => {
      loader._load = original;
    },
  };
}

/** Loads a built bundle with a stand-in for one of its modules, fresh each time. */
export function requireWith(bundle: string, name: string, standIn: unknown): unknown {
  using _ = standInFor(name, standIn);
  const require = createRequire(import.meta.url);
  Reflect.deleteProperty(require.cache, require.resolve(bundle));
  return require(bundle) as unknown;
}
