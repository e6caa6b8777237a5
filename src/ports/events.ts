/** Where `app/` reports progress. `cli/render` decides what a person sees; `--events` prints them as JSON lines. */
export interface Events<E> {
  readonly emit: (event: E) => void;
}
