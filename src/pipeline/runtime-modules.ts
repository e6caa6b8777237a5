/**
 * The modules that every package carries unchanged beside its own: what runs steps without this program. Once here and once in
 * `_code.py`, which says it to Python; a test holds the two together.
 */
export const RUNTIME_MODULES = [
  "_code.py",
  "_file_use.py",
  "_runtime.py",
  "_secrets.py",
  "_shared_memory.py",
  "_values.py",
] as const;
