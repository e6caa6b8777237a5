/**
 * Names that execute, import, open, or reach attributes by their names: what a pickle needs to do harm. Not even a model that
 * was trained here is registered for serving with one of them, unless a person trusts it by name.
 *
 * This list is no boundary: what is neither known nor on record is refused without it. It keeps what an attacker would want
 * out of the record. Modules and functions are those that scanners of pickles (fickling, picklescan, modelscan, modelaudit)
 * and the advisories about them name.
 */

/** Nothing below these modules. */
const MODULES = new Set(
  (
    "_aix_support _ctypes _frozen_importlib _frozen_importlib_external _io _operator _osx_support _pickle _posixsubprocess " +
    "_pyio _pyrepl _socket _sqlite3 _thread _winapi aiohttp asyncio bdb cPickle cProfile cffi cloudpickle code codeop " +
    "compileall concurrent ctypes dbm dill distutils doctest ensurepip fileinput ftplib gc glob http httpx idlelib " +
    "imaplib imp importlib inspect io lib2to3 linecache marshal multiprocessing nt ntpath numexpr os paramiko pdb pickle pip " +
    "pkgutil platform poplib popen2 posix posixpath profile pty py_compile pydoc requests rlcompleter runpy sched " +
    "setuptools shelve shutil signal site smtplib socket socketserver sqlite3 ssl subprocess sys sysconfig telnetlib " +
    "tempfile threading timeit trace turtle unittest urllib urllib2 urllib3 venv webbrowser " +
    "wsgiref xmlrpc zipimport " +
    "IPython joblib.externals joblib.memory joblib.numpy_pickle_compat joblib.numpy_pickle_utils joblib.parallel logging.config " +
    "numpy.distutils numpy.f2py numpy.lib.format numpy.lib.npyio numpy.testing pandas.core.computation pandas.io " +
    "scipy.io sklearn.datasets sklearn.externals torch.hub torch.utils mlflow"
  ).split(" "),
);

/** Single names of modules that hold other things, too. */
const NAMES: Readonly<Record<string, string>> = {
  builtins:
    "__build_class__ __import__ breakpoint compile delattr eval exec execfile exit getattr globals hasattr help input locals open quit setattr vars",
  operator: "attrgetter methodcaller call",
  types: "CodeType FunctionType LambdaType MethodType ModuleType",
  joblib: "load dump Parallel Memory delayed",
  "joblib.numpy_pickle": "load load_temporary_memmap NumpyUnpickler",
  numpy: "load save savez loadtxt savetxt genfromtxt fromfile DataSource fromregex",
  "numpy.core": "_ufunc_reconstruct",
  "numpy._core": "_ufunc_reconstruct",
  pandas: "eval read_pickle read_csv read_hdf read_html read_sql read_xml ExcelFile HDFStore",
  torch: "load save compile",
};

/** @param name `module:name`, as it is looked up; up to protocol 2 already by its name in Python 3. */
export function isDenied(name: string): boolean {
  const colon = name.indexOf(":");
  const module = name.slice(0, colon);
  const path = name.slice(colon + 1).split(".");
  if (isBelowDenied(module.split("."))) return true;
  if ((NAMES[module] ?? "").split(" ").includes(path[0] ?? "")) return true;
  // `sklearn.base:os.system` and `x:f.__globals__` leave the module by its attributes.
  return path.length > 1 && path.some((part) => part.startsWith("__") || isBelowDenied([part]));
}

function isBelowDenied(parts: readonly string[]): boolean {
  return parts.some((_, at) => MODULES.has(parts.slice(0, at + 1).join(".")));
}
