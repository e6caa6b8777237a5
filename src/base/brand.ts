/** Types that TypeScript keeps apart although they are strings at run time. */
declare const brand: unique symbol;

/** `T` that only the named check may make. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** `sha256:<64 hex>` over stored bytes. */
export type Sha256 = Brand<string, "Sha256">;
/** A path inside the project, always with `/`, never starting with `/` or leaving by `..`. */
export type RelativePath = Brand<string, "RelativePath">;
/** 32 lower-case hex digits; also the MLflow run id. */
export type RunId = Brand<string, "RunId">;
