/** The standard library, and joblib and friends whose functions belong beside it. */
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const STR = "builtins.str";
const DRAWS: CallEffect = { random: { generator: "random:python" } };
const CLOCK: CallEffect = { ambient: [{ resource: "clock", access: "read" }] };
const ENVIRONMENT_READ: CallEffect = {
  returns: STR,
  ambient: [{ resource: "environment", access: "read" }],
};
const ENVIRONMENT_WRITE: CallEffect = { ambient: [{ resource: "environment", access: "write" }] };
const WARNINGS: CallEffect = { ambient: [{ resource: "warnings", access: "write" }] };
const SUBPROCESS: CallEffect = { ambient: [{ resource: "subprocess", access: "read-write" }] };
const NETWORK: CallEffect = { ambient: [{ resource: "network", access: "read-write" }] };
const OPTIONS: CallEffect = { ambient: [{ resource: "options", access: "write" }] };
const PATH: CallEffect = { returns: "pathlib.Path" };
const READS_FORMULA: CallEffect = {
  result: "keeps",
  readsText: { argument: 0, keyword: "formula", names: "all" },
};
const FORMULA_MODELS = {
  gls: "GLS",
  glm: "GLM",
  glsar: "GLSAR",
  logit: "Logit",
  mixedlm: "MixedLM",
  mnlogit: "MNLogit",
  negativebinomial: "NegativeBinomial",
  ols: "OLS",
  ordinal_gee: "OrdinalGEE",
  poisson: "Poisson",
  probit: "Probit",
  quantreg: "QuantReg",
  rlm: "RLM",
  wls: "WLS",
};
const reads = (argument: number, keyword: string): CallEffect => ({
  file: { access: "read", argument, keyword },
});
const writes = (argument: number, keyword: string): CallEffect => ({
  file: { access: "write", argument, keyword },
});

export const standardLibraryEffects: LibraryEffects = {
  functions: {
    // Modules of pure functions: https://docs.python.org/3/library/numeric.html, …/text.html, …/datatypes.html
    ...each(
      "math.* cmath.* statistics.* string.* textwrap.* unicodedata.* re.* datetime.* calendar.* fractions.* hashlib.* base64.* struct.* keyword.* typing.* collections.abc.* enum.* abc.* numbers.* html.* difflib.* __future__.* platform.* inspect.* types.* dataclasses.* gc.*",
      {},
    ),
    // https://docs.python.org/3/library/types.html, …/typing.html and …/dataclasses.html: what holds or passes on what it gets.
    ...each(
      "types.SimpleNamespace types.MappingProxyType types.MethodType dataclasses.replace dataclasses.field dataclasses.astuple typing.cast",
      { result: "keeps" },
    ),
    ...each("typing.assert_type typing.final typing.no_type_check typing.overload", {
      result: "view",
    }),
    // https://docs.python.org/3/library/asyncio-runner.html: what the coroutine does is done where it is called; it gives what that returns.
    "asyncio.run": { result: "element" },
    // https://docs.python.org/3/library/operator.html: the operators make what they make elsewhere; some change their first operand.
    "operator.*": {},
    ...each("operator.add operator.concat operator.or_ operator.mul", { result: "keeps" }),
    ...each("operator.getitem operator.itemgetter operator.attrgetter operator.methodcaller", {
      result: "element",
    }),
    ...each("operator.setitem operator.delitem", { mutatesArguments: [0], stores: true }),
    ...each(
      "operator.iadd operator.iconcat operator.imul operator.ior operator.iand operator.isub operator.ixor operator.itruediv operator.ifloordiv operator.imod operator.ipow operator.imatmul operator.ilshift operator.irshift",
      { mutatesArguments: [0], stores: true, result: "receiver" },
    ),
    // https://docs.python.org/3/library/heapq.html and …/bisect.html
    ...each("heapq.heappush heapq.heappushpop heapq.heapreplace", {
      mutatesArguments: [0],
      stores: true,
      result: "element",
    }),
    "heapq.heappop": { mutatesArguments: [0], result: "element" },
    "heapq.heapify": { mutatesArguments: [0] },
    ...each("heapq.merge heapq.nlargest heapq.nsmallest", { result: "keeps" }),
    ...each("bisect.insort bisect.insort_left bisect.insort_right", {
      mutatesArguments: [0],
      stores: true,
    }),
    "bisect.*": {},
    // https://docs.python.org/3/library/itertools.html and …/functools.html
    "itertools.*": { result: "keeps", returns: "builtins.iterator" },
    ...each("functools.partial functools.reduce functools.cmp_to_key functools.partialmethod", {
      result: "keeps",
    }),
    ...each(
      "functools.lru_cache functools.cache functools.wraps functools.total_ordering functools.singledispatch dataclasses.dataclass contextlib.contextmanager numba.jit numba.njit",
      { result: "view" },
    ),
    "contextlib.suppress": {},
    "contextlib.nullcontext": { result: "receiver" },
    // https://docs.python.org/3/library/struct.html
    "struct.pack_into": { mutatesArguments: [1] },
    "copy.replace": { result: "keeps", returns: "argument" },
    // https://docs.python.org/3/library/copy.html
    "copy.copy": { result: "keeps", returns: "argument" },
    "copy.deepcopy": { returns: "argument" },
    // https://docs.python.org/3/library/collections.html
    ...each("collections.namedtuple", {}),
    "collections.ChainMap": { result: "keeps" },
    "collections.defaultdict": { result: "keeps", returns: "collections.defaultdict" },
    "collections.deque": { result: "keeps", returns: "collections.deque" },
    // https://docs.python.org/3/library/datetime.html and …/time.html
    ...each(
      "datetime.datetime.now datetime.datetime.today datetime.datetime.utcnow datetime.date.today",
      { ...CLOCK, returns: "datetime.datetime" },
    ),
    "datetime.datetime": { returns: "datetime.datetime" },
    "datetime.timedelta": { returns: "datetime.timedelta" },
    "datetime.date": { returns: "datetime.date" },
    "time.*": CLOCK,
    ...each("time.time time.perf_counter time.monotonic", { ...CLOCK, returns: "builtins.float" }),
    // https://docs.python.org/3/library/random.html
    "random.*": DRAWS,
    ...each("random.seed random.setstate", {
      random: { generator: "random:python", seeds: true },
    }),
    "random.shuffle": { ...DRAWS, mutatesArguments: [0] },
    ...each("random.choice random.sample random.choices", { ...DRAWS, result: "element" }),
    "random.Random": {
      returns: "random.Random",
      random: { generator: "random:other", unless: "x", position: 0, entropy: true },
    },
    ...each("uuid.uuid1 uuid.uuid4 secrets.*", {
      random: { generator: "random:other", entropy: true },
    }),
    // https://docs.python.org/3/library/os.html
    ...under("os", {
      ...each("getenv getenvb", ENVIRONMENT_READ),
      ...each(
        "putenv unsetenv environ.update environ.pop environ.setdefault environ.clear",
        ENVIRONMENT_WRITE,
      ),
      ...each("environ.get environ.items environ.keys environ.copy", ENVIRONMENT_READ),
      getcwd: { returns: STR, ambient: [{ resource: "working-directory", access: "read" }] },
      ...each("chdir fchdir", { ambient: [{ resource: "working-directory", access: "write" }] }),
      ...each("listdir scandir stat", { file: { access: "read", argument: 0, keyword: "path" } }),
      walk: { returns: "builtins.iterator", file: { access: "read", argument: 0, keyword: "top" } },
      ...each("mkdir makedirs rmdir removedirs remove unlink", writes(0, "path")),
      ...each("rename replace", { file: { access: "read-write", argument: 0, keyword: "src" } }),
      ...each("chmod chown lchown truncate utime mkfifo", writes(0, "path")),
      ...each("link symlink", writes(1, "dst")),
      ...each("system popen", SUBPROCESS),
      // What happens to a process happens to the ones that it starts, or to others.
      ...each(
        "kill killpg abort _exit umask nice setpriority fork forkpty execl execle execlp execv execve execvp spawnl spawnv posix_spawn",
        SUBPROCESS,
      ),
      ...each("cpu_count getpid urandom", {}),
    }),
    "os.path.*": { returns: STR },
    ...under(
      "os.path",
      each("exists isfile isdir getsize getmtime", {
        file: { access: "read", argument: 0, keyword: "path" },
      }),
    ),
    ...each("shutil.copy shutil.copyfile shutil.copy2 shutil.copytree shutil.move", {
      file: { access: "read-write", argument: 0, keyword: "src" },
    }),
    ...each("shutil.rmtree shutil.chown", writes(0, "path")),
    ...each("shutil.copymode shutil.copystat", writes(1, "dst")),
    ...each("shutil.make_archive shutil.unpack_archive", {
      ambient: [{ resource: "file", access: "read-write" }],
    }),
    "shutil.copyfileobj": { mutatesArguments: [0, 1] },
    ...each("glob.glob glob.iglob", { returns: "builtins.list", ...reads(0, "pathname") }),
    ...each("tempfile.*", { ambient: [{ resource: "file", access: "read-write" }] }),
    ...each("zipfile.ZipFile tarfile.open gzip.open bz2.open lzma.open", {
      returns: "builtins.file",
      file: { access: "read", argument: 0, keyword: "file", mode: 1 },
    }),
    ...each("io.StringIO io.BytesIO", { returns: "builtins.file" }),
    // https://docs.python.org/3/library/subprocess.html
    "subprocess.*": SUBPROCESS,
    // https://docs.python.org/3/library/warnings.html
    "warnings.*": WARNINGS,
    ...each(
      "warnings.warn warnings.warn_explicit warnings.formatwarning warnings.catch_warnings",
      {},
    ),
    "logging.*": { ambient: [{ resource: "options", access: "write" }] },
    ...each("logging.getLogger", { returns: "logging.Logger" }),
    "logging.FileHandler": {
      returns: "logging.FileHandler",
      file: { access: "read-write", argument: 0, keyword: "filename" },
    },
    ...each("logging.info logging.debug logging.warning logging.error", {
      ambient: [{ resource: "stdout", access: "write" }],
    }),
    ...each("sys.exit", {}),
    ...each("sys.path.append sys.path.insert sys.path.extend sys.path.remove", {
      ambient: [{ resource: "module-path", access: "write" }],
    }),
    ...each(
      "sys.setrecursionlimit sys.set_int_max_str_digits sys.setswitchinterval locale.setlocale decimal.setcontext csv.register_dialect csv.unregister_dialect",
      OPTIONS,
    ),
    ...each("sys.getsizeof sys.getrecursionlimit sys.exc_info sys.intern locale.* decimal.*", {}),
    // https://docs.python.org/3/library/decimal.html: the context in force, not a new one
    "decimal.getcontext": { returns: "decimal.getcontext" },
    // https://tqdm.github.io/docs/tqdm/#pandas: gives pandas' classes another method
    ...each("tqdm.tqdm.pandas tqdm.auto.tqdm.pandas tqdm.notebook.tqdm.pandas", OPTIONS),
    ...each("sys.stdout.write sys.stderr.write pprint.pprint", {
      ambient: [{ resource: "stdout", access: "write" }],
    }),
    // https://docs.python.org/3/library/json.html, …/pickle.html, …/csv.html
    ...each(
      "json.loads json.dumps pickle.loads pickle.dumps ast.literal_eval yaml.safe_load yaml.dump",
      { mutatesArguments: [] },
    ),
    ...each("csv.list_dialects csv.get_dialect csv.Sniffer", {
      ambient: [{ resource: "options", access: "read" }],
    }),
    "csv.field_size_limit": { ambient: [{ resource: "options", access: "read-write" }] },
    ...each("json.load pickle.load", { mutatesArguments: [0] }),
    ...each("json.dump pickle.dump", { mutatesArguments: [1] }),
    ...each("csv.reader csv.DictReader", { result: "keeps", returns: "builtins.iterator" }),
    ...each("csv.writer csv.DictWriter", { result: "keeps", returns: "csv.Writer" }),
    // https://joblib.readthedocs.io/en/stable/persistence.html and …/parallel.html
    "joblib.load": reads(0, "filename"),
    "joblib.dump": writes(1, "filename"),
    "joblib.Parallel": { returns: "joblib.Parallel" },
    "joblib.delayed": { result: "view" },
    "skops.io.dump": writes(1, "file"),
    "skops.io.load": reads(0, "file"),
    // https://docs.python.org/3/library/pathlib.html
    ...each("pathlib.Path pathlib.PurePath pathlib.PosixPath", PATH),
    ...each("pathlib.Path.cwd", {
      ...PATH,
      ambient: [{ resource: "working-directory", access: "read" }],
    }),
    "pathlib.Path.home": { ...PATH, ambient: [{ resource: "environment", access: "read" }] },
    // https://docs.python.org/3/library/urllib.html and https://requests.readthedocs.io
    ...each("urllib.request.* requests.* httpx.* boto3.* socket.*", NETWORK),
    ...each("sqlite3.connect sqlalchemy.create_engine", {
      ambient: [{ resource: "file", access: "read-write" }],
    }),
    ...each("tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm tqdm.trange", {
      result: "keeps",
      returns: "builtins.iterator",
      ambient: [{ resource: "stdout", access: "write" }],
    }),
    // https://docs.scipy.org/doc/scipy/reference/ and https://www.statsmodels.org/stable/api.html
    ...each(
      "scipy.stats.* scipy.special.* scipy.spatial.* scipy.linalg.* scipy.integrate.* scipy.interpolate.*",
      {},
    ),
    // https://patsy.readthedocs.io/en/stable/formulas.html: functions in a formula are the caller's.
    ...each("statsmodels.formula.api.* patsy.dmatrix patsy.dmatrices", READS_FORMULA),
    // https://www.statsmodels.org/stable/api.html#statsmodels-formula-api: each makes the model of the class behind it.
    ...Object.fromEntries(
      Object.entries(FORMULA_MODELS).map(([name, returns]) => [
        `statsmodels.formula.api.${name}`,
        { ...READS_FORMULA, returns: `statsmodels.api.${returns}` },
      ]),
    ),
    // https://duckdb.org/docs/stable/clients/python/data_ingestion: tables of that name are the caller's variables.
    ...each("duckdb.sql duckdb.query duckdb.execute", {
      result: "keeps",
      ambient: [{ resource: "file", access: "read-write" }],
      readsText: { argument: 0, keyword: "query", names: "all" },
    }),
    // https://numexpr.readthedocs.io/en/latest/api.html
    "numexpr.evaluate": { readsText: { argument: 0, keyword: "ex", names: "all" } },
    ...each("torch.manual_seed tensorflow.random.set_seed", {
      random: { generator: "random:other", seeds: true },
    }),
  },
  classes: {
    // https://docs.python.org/3/library/logging.html: new objects; what a logger is given changes the logger
    "logging.*": {},
    ...each("collections.*", { result: "keeps" }),
    "statsmodels.*": { result: "keeps" },
  },
  methods: {
    // https://docs.python.org/3/library/pathlib.html
    "pathlib.Path": {
      "*": {},
      ...each(
        "joinpath resolve absolute with_suffix with_name with_stem expanduser relative_to",
        PATH,
      ),
      ...each("exists is_file is_dir stat iterdir glob rglob read_text read_bytes", {
        ambient: [{ resource: "file", access: "read" }],
      }),
      ...each(
        "write_text write_bytes mkdir unlink rmdir rename replace touch symlink_to hardlink_to chmod",
        {
          ambient: [{ resource: "file", access: "write" }],
        },
      ),
      open: { returns: "builtins.file", ambient: [{ resource: "file", access: "read-write" }] },
    },
    "random.Random": {
      "*": { mutatesReceiver: true, result: "fresh" },
      shuffle: { mutatesReceiver: true, mutatesArguments: [0] },
    },
    // https://docs.python.org/3/library/collections.html#collections.defaultdict
    "collections.defaultdict": { __getitem__: { mutatesReceiver: true, result: "element" } },
    "collections.deque": {
      ...each("appendleft extendleft", { mutatesReceiver: true, stores: true }),
      popleft: { mutatesReceiver: true, result: "element" },
      rotate: { mutatesReceiver: true },
    },
    "csv.Writer": { ...each("writerow writerows writeheader", { mutatesReceiver: "deep" }) },
    "logging.Logger": {
      "*": { ambient: [{ resource: "stdout", access: "write" }] },
      ...each("setLevel addHandler", OPTIONS),
    },
    "datetime.datetime": {
      "*": { returns: "datetime.datetime" },
      ...each("strftime isoformat ctime", { returns: STR }),
      ...each("timestamp weekday isoweekday date time", {}),
    },
  },
  attributes: {},
  bases: {},
  synonyms: { "datetime.now": "datetime.datetime.now", posixpath: "os.path" },
  settings: {
    // https://docs.python.org/3/library/os.html#os.environ, …/sys.html#sys.path
    "os.environ": "environment",
    "sys.path": "module-path",
    "sys.stdout": "stdout",
    "sys.argv": "options",
    "sys.modules": "options",
    "decimal.getcontext.*": "options",
    "logging.Logger.*": "options",
    // https://pytorch.org/docs/stable/backends.html
    "torch.backends.*": "options",
    // https://ipython.readthedocs.io/en/stable/config/options/terminal.html: what cells show, and nothing else
    "IPython.core.interactiveshell.InteractiveShell.*": "stdout",
  },
  dynamic: {
    "IPython.get_ipython": "get-ipython",
    "importlib.import_module": "exec",
    "importlib.reload": "monkeypatch",
    "unittest.mock.patch": "monkeypatch",
  },
  transparentContexts: [
    "warnings.catch_warnings",
    "tempfile.TemporaryDirectory",
    "tempfile.NamedTemporaryFile",
    "zipfile.ZipFile",
    "tarfile.open",
    "gzip.open",
    "contextlib.chdir",
    "joblib.parallel_backend",
    "joblib.parallel_config",
    "torch.no_grad",
    "torch.inference_mode",
    "tqdm.tqdm",
    "contextlib.redirect_stdout",
    "contextlib.closing",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.ProcessPoolExecutor",
    "multiprocessing.Pool",
    "threading.Lock",
    "decimal.localcontext",
    "mlflow.start_run",
    "requests.Session",
  ],
  scopedSettings: {
    // https://docs.python.org/3/library/warnings.html, …/decimal.html, …/contextlib.html
    "warnings.catch_warnings": ["warnings"],
    "decimal.localcontext": ["options"],
    "contextlib.chdir": ["working-directory"],
  },
  iteratorTypes: [],
  pairTypes: {},
};
