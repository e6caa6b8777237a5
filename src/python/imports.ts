/**
 * Import names → what has to be installed. Not here: versions (the observed run knows them).
 */
import type { ImportedName, ProgramFacts } from "./facts.ts";

/** Minor versions of Python 3 that are told apart. */
export type PythonMinor = 10 | 11 | 12 | 13 | 14;

/** Modules that come with every supported Python: `sys.stdlib_module_names` of 3.10 to 3.13, without the private ones. */
const STANDARD_MODULES: ReadonlySet<string> = new Set(
  `abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile calendar cmath cmd code codecs codeop collections
  colorsys compileall concurrent configparser contextlib contextvars copy copyreg csv ctypes curses dataclasses datetime dbm decimal difflib dis doctest
  email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext
  glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging
  lzma mailbox marshal math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode operator optparse os pathlib
  pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue
  quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal site smtplib socket
  socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog
  tabnanny tarfile tempfile termios textwrap this threading time timeit tkinter token tokenize trace traceback tracemalloc tty turtle turtledemo types
  typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib
  zoneinfo`.split(/\s+/),
);

/** Modules that only some versions have: the first minor with it, and the first without it again. https://docs.python.org/3/whatsnew/ */
const VERSIONED_MODULES: ReadonlyMap<string, { readonly since: number; readonly until: number }> =
  new Map([
    ...among("binhex", { since: 0, until: 11 }),
    ...among("asynchat asyncore distutils imp smtpd", { since: 0, until: 12 }),
    ...among(
      "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib",
      { since: 0, until: 13 },
    ),
    ...among("tomllib", { since: 11, until: 99 }),
    ...among("annotationlib compression", { since: 14, until: 99 }),
  ]);

function among<T>(names: string, entry: T): readonly (readonly [string, T])[] {
  return names.split(" ").map((name) => [name, entry]);
}

/** Distributions whose name differs from the module's. Source: the project pages on https://pypi.org */
const DISTRIBUTIONS: Readonly<Record<string, string>> = {
  sklearn: "scikit-learn",
  cv2: "opencv-python",
  PIL: "pillow",
  yaml: "pyyaml",
  bs4: "beautifulsoup4",
  skimage: "scikit-image",
  dateutil: "python-dateutil",
  dotenv: "python-dotenv",
  Crypto: "pycryptodome",
  OpenSSL: "pyopenssl",
  serial: "pyserial",
  usb: "pyusb",
  jwt: "pyjwt",
  magic: "python-magic",
  docx: "python-docx",
  pptx: "python-pptx",
  fitz: "pymupdf",
  git: "gitpython",
  github: "pygithub",
  gi: "pygobject",
  wx: "wxpython",
  MySQLdb: "mysqlclient",
  psycopg2: "psycopg2-binary",
  imblearn: "imbalanced-learn",
  umap: "umap-learn",
  skopt: "scikit-optimize",
  sksurv: "scikit-survival",
  mpl_toolkits: "matplotlib",
  pylab: "matplotlib",
  attr: "attrs",
  markdown: "markdown",
  igraph: "igraph",
  community: "python-louvain",
  pkg_resources: "setuptools",
  google: "protobuf",
  grpc: "grpcio",
  IPython: "ipython",
  zmq: "pyzmq",
  nacl: "pynacl",
  tables: "tables",
  osgeo: "gdal",
  shapefile: "pyshp",
  Levenshtein: "levenshtein",
  fuzzywuzzy: "fuzzywuzzy",
  category_encoders: "category-encoders",
  feature_engine: "feature-engine",
  pytorch_lightning: "pytorch-lightning",
  sentence_transformers: "sentence-transformers",
  pandas_profiling: "ydata-profiling",
  ydata_profiling: "ydata-profiling",
  dash_core_components: "dash",
  mlxtend: "mlxtend",
  kaggle_environments: "kaggle-environments",
  ruamel: "ruamel.yaml",
  faiss: "faiss-cpu",
  pyspark: "pyspark",
  ray: "ray",
  skops: "skops",
  hdbscan: "hdbscan",
  sqlalchemy: "sqlalchemy",
  flask_cors: "flask-cors",
  win32api: "pywin32",
  opencc: "opencc",
  Bio: "biopython",
  rdkit: "rdkit",
  openai: "openai",
  tensorflow_hub: "tensorflow-hub",
  tensorflow_datasets: "tensorflow-datasets",
  kmodes: "kmodes",
  pmdarima: "pmdarima",
  boto: "boto",
  xlsxwriter: "xlsxwriter",
  pywt: "pywavelets",
  pydotplus: "pydotplus",
  cartopy: "cartopy",
  netCDF4: "netcdf4",
  slugify: "python-slugify",
  sklearn_pandas: "sklearn-pandas",
  scikitplot: "scikit-plot",
  arch: "arch",
  talib: "ta-lib",
  ipywidgets: "ipywidgets",
  lightning: "lightning",
  jose: "python-jose",
};

/** Whether a top-level module is part of Python itself. */
export function isStandardModule(root: string, minor: PythonMinor = 11): boolean {
  if (STANDARD_MODULES.has(root) || root.startsWith("_")) return true;
  const versioned = VERSIONED_MODULES.get(root);
  return versioned !== undefined && minor >= versioned.since && minor < versioned.until;
}

/** The distribution that usually provides a module; the name itself, with hyphens, where nothing else is known. */
export function distributionOf(root: string): string {
  return Object.hasOwn(DISTRIBUTIONS, root)
    ? (DISTRIBUTIONS[root] ?? root)
    : root.toLowerCase().replaceAll("_", "-");
}

/** `sklearn` of `sklearn.metrics`. */
export function importRoot(imported: ImportedName): string {
  return imported.module.split(".")[0] ?? imported.module;
}

/** Top-level modules a program imports from outside Python itself, in order of first import. Relative imports are files of the project. */
export function externalRoots(program: ProgramFacts, minor: PythonMinor = 11): readonly string[] {
  const roots = new Set<string>();
  for (const statement of program.statements) {
    for (const imported of statement.imports) {
      const root = importRoot(imported);
      if (imported.level === 0 && root !== "" && !isStandardModule(root, minor)) roots.add(root);
    }
  }
  return [...roots];
}
