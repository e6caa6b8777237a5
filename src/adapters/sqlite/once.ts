/** Makes something when it is first asked for, and then gives the same: no command asks for all that a registry can do. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
