/** Import names that differ from the name of the distribution that brings them. The rest have the same name. */

/** @see the `top_level.txt` or wheel contents of each distribution */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  attr: "attrs",
  bs4: "beautifulsoup4",
  Crypto: "pycryptodome",
  cv2: "opencv-python",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  fitz: "pymupdf",
  imblearn: "imbalanced-learn",
  jwt: "pyjwt",
  mpl_toolkits: "matplotlib",
  OpenSSL: "pyopenssl",
  PIL: "pillow",
  psycopg2: "psycopg2-binary",
  serial: "pyserial",
  skimage: "scikit-image",
  sklearn: "scikit-learn",
  umap: "umap-learn",
  yaml: "pyyaml",
};

/** The distribution of a top-level module. */
export function distributionOf(module: string): string {
  return (Object.hasOwn(DISTRIBUTIONS, module) ? DISTRIBUTIONS[module] : undefined) ?? module;
}
