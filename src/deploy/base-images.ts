/**
 * The Python images that generated Dockerfiles start from, by content. The digest is that of the multi-platform index, so it is the same on amd64 and arm64.
 * To renew one, take tag and digest of the newest patch release from the source below; nothing else depends on it.
 * @see https://github.com/docker-library/repo-info, repos/python/remote/<tag>.md, August and September 2026
 */

/** A base image: `python:<tag>@<digest>`. */
export interface BaseImage {
  /** `major.minor.patch` of its interpreter. */
  readonly python: string;
  readonly reference: string;
}

const BASE_IMAGES: Readonly<Record<string, BaseImage>> = {
  "3.10": image("3.10.21", "68d914ec641a0b69267ce65184d000a2bc3a9ee2590ab702b82250ab2385735a"),
  "3.11": image("3.11.16", "0bee7276f83efd4a1ee05bbbf4281d95ed28e079220a9457f25a93e3f1e3c31b"),
  "3.12": image("3.12.14", "0f5b26b9518d002b6173fd61daad821fa340635ebfec5bba471013f9ca114579"),
  "3.13": image("3.13.14", "67a1e1f215ccda113cfc024e8639049257e88f273898f595b61476d128d387e8"),
  "3.14": image("3.14.7", "23c59390fc717bf09f9336908199a0ae75d9c4264bf296123f94ad772fea3b52"),
};

/** The image for a `major.minor` version; `undefined` where none is known. */
export function baseImageFor(python: string): BaseImage | undefined {
  return Object.hasOwn(BASE_IMAGES, python) ? BASE_IMAGES[python] : undefined;
}

/** Versions that have an image, oldest first. */
export function pythonsWithImage(): readonly string[] {
  return Object.keys(BASE_IMAGES);
}

function image(python: string, digest: string): BaseImage {
  return { python, reference: `python:${python}-slim-bookworm@sha256:${digest}` };
}
