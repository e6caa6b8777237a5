/** Built-in functions, containers, strings and files. */
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const LIST = "builtins.list";
const DICT = "builtins.dict";
const SET = "builtins.set";
const STR = "builtins.str";
const INT = "builtins.int";
const BOOL = "builtins.bool";
const GROWS: CallEffect = { mutatesReceiver: true, stores: true, returns: "builtins.NoneType" };
const SHRINKS: CallEffect = { mutatesReceiver: true, result: "element" };
const COPY: CallEffect = { result: "keeps", returns: "receiver" };
const PRINTS: CallEffect = {
  ambient: [{ resource: "stdout", access: "write" }],
  returns: "builtins.NoneType",
};
const STRING: CallEffect = { returns: STR };
/** Of tables as of dictionaries, so that it is known of what may be either. */
export const ITEMS: CallEffect = { result: "elements", returns: "builtins.dict_items" };

export const builtinEffects: LibraryEffects = {
  functions: under("builtins", {
    // https://docs.python.org/3/library/functions.html
    ...each("abs divmod pow round", {}),
    ...each("all any bool callable hasattr isinstance issubclass", { returns: BOOL }),
    ...each("hash id int len ord", { returns: INT }),
    ...each("ascii bin chr format hex oct repr str", { returns: STR }),
    float: { returns: "builtins.float" },
    complex: { returns: "builtins.complex" },
    ...each("bytes bytearray", {}),
    memoryview: { result: "view" },
    range: { returns: "builtins.range" },
    slice: { returns: "builtins.slice" },
    ...each("dir", { returns: LIST }),
    ...each("list", { result: "keeps", returns: LIST }),
    sorted: { result: "keeps", returns: LIST },
    tuple: { result: "keeps", returns: "builtins.tuple" },
    dict: { result: "keeps", returns: DICT },
    ...each("set frozenset", { result: "keeps", returns: SET }),
    ...each("enumerate reversed zip map filter iter aiter", {
      result: "keeps",
      returns: "builtins.iterator",
    }),
    ...each("max min sum", { result: "element" }),
    ...each("next anext", { result: "element", mutatesArguments: [0] }),
    getattr: { result: "element" },
    setattr: { mutatesArguments: [0] },
    delattr: { mutatesArguments: [0] },
    ...each("type object property classmethod staticmethod super", { result: "view" }),
    ...each("vars locals globals", { result: "view" }),
    ...each("print display", PRINTS),
    help: PRINTS,
    input: { returns: STR, ambient: [{ resource: "input", access: "read" }] },
    open: {
      returns: "builtins.file",
      file: { access: "read", argument: 0, keyword: "file", mode: 1 },
    },
    ...each("exit quit breakpoint", {}),
    ...each(
      "Exception ValueError TypeError KeyError RuntimeError NotImplementedError AssertionError IndexError StopIteration FileNotFoundError",
      {},
    ),
  }),
  classes: {},
  methods: {
    // https://docs.python.org/3/tutorial/datastructures.html#more-on-lists
    [LIST]: {
      ...each("append extend insert", GROWS),
      ...each("remove clear sort reverse", { mutatesReceiver: true, returns: "builtins.NoneType" }),
      pop: SHRINKS,
      copy: COPY,
      ...each("index count", { returns: INT }),
    },
    // https://docs.python.org/3/library/stdtypes.html#mapping-types-dict
    [DICT]: {
      update: GROWS,
      setdefault: { mutatesReceiver: true, stores: true, result: "element" },
      ...each("pop popitem", SHRINKS),
      clear: { mutatesReceiver: true, returns: "builtins.NoneType" },
      get: { result: "element" },
      ...each("keys values", { result: "elements" }),
      items: ITEMS,
      copy: COPY,
      fromkeys: { result: "keeps", returns: DICT },
      // collections.Counter, OrderedDict: https://docs.python.org/3/library/collections.html
      most_common: { result: "keeps", returns: LIST },
      elements: { result: "keeps", returns: "builtins.iterator" },
      subtract: { mutatesReceiver: true },
      move_to_end: { mutatesReceiver: true },
    },
    // https://docs.python.org/3/library/stdtypes.html#set-types-set-frozenset
    [SET]: {
      ...each("add update", GROWS),
      ...each(
        "remove discard clear intersection_update difference_update symmetric_difference_update",
        { mutatesReceiver: true, returns: "builtins.NoneType" },
      ),
      pop: SHRINKS,
      copy: COPY,
      ...each("union intersection difference symmetric_difference", {
        result: "keeps",
        returns: SET,
      }),
      ...each("issubset issuperset isdisjoint", { returns: BOOL }),
    },
    "builtins.tuple": { ...each("index count", { returns: INT }) },
    // https://docs.python.org/3/library/stdtypes.html#string-methods
    [STR]: {
      ...each(
        "capitalize casefold center expandtabs format format_map join ljust lower lstrip removeprefix removesuffix replace rjust rstrip strip swapcase title translate upper zfill",
        STRING,
      ),
      ...each("count find rfind rindex", { returns: INT }),
      ...each(
        "endswith startswith isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper",
        { returns: BOOL },
      ),
      ...each("split rsplit splitlines partition rpartition", { returns: LIST }),
      ...each("encode decode maketrans", {}),
    },
    "builtins.int": {
      ...each("bit_length bit_count to_bytes from_bytes as_integer_ratio conjugate", {}),
    },
    "builtins.float": { ...each("is_integer hex fromhex as_integer_ratio", {}) },
    "builtins.bytes": { ...each("decode hex", STRING) },
    // https://docs.python.org/3/library/io.html
    "builtins.file": {
      ...each("read readline", { mutatesReceiver: true, returns: STR }),
      readlines: { mutatesReceiver: true, returns: LIST },
      ...each("write writelines seek truncate flush close", { mutatesReceiver: true }),
      ...each("tell fileno readable writable seekable", {}),
    },
    // https://docs.python.org/3/reference/expressions.html#generator-iterator-methods
    "builtins.generator": {
      ...each("send throw close", { mutatesReceiver: true, result: "element" }),
    },
    "builtins.iterator": {},
    comparison: { ...each("all any sum mean", {}) },
  },
  attributes: {
    "builtins.file": { ...each("name mode closed encoding", { result: "fresh", returns: STR }) },
  },
  bases: {
    "collections.Counter": [DICT],
    "collections.OrderedDict": [DICT],
    "collections.defaultdict": [DICT],
    "collections.deque": [LIST],
  },
  synonyms: {},
  settings: {},
  dynamic: {
    // https://docs.python.org/3/library/functions.html
    "builtins.exec": "exec",
    "builtins.eval": "eval",
    "builtins.globals": "globals",
    "builtins.locals": "globals",
    "builtins.__import__": "exec",
    "builtins.get_ipython": "get-ipython",
    "builtins.compile": "exec",
  },
  // https://docs.python.org/3/library/io.html#io.IOBase
  transparentContexts: ["builtins.open", "builtins.file"],
  scopedSettings: {},
  iteratorTypes: ["builtins.generator", "builtins.iterator", "builtins.file"],
  pairTypes: { "builtins.dict_items": "key" },
};
