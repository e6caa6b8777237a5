/**
 * Tells builds of this program apart: the digest of all that was built, put in by `bin/dev/build.mjs`. What one build
 * checked says nothing about what another one would.
 */
declare const MLOPS_BUILD: string;

/** `undefined` when the program runs from its sources, which may change at any moment. */
export const buildId: string | undefined =
  typeof MLOPS_BUILD === "undefined" ? undefined : MLOPS_BUILD;
