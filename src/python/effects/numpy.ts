/** NumPy. Functions that are not listed compute new arrays. */
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const ARRAY = "numpy.ndarray";
const GENERATOR = "numpy.random.Generator";
/** What is computed is written to `out=` where that is given. */
const FRESH: CallEffect = { returns: ARRAY, mutatesArguments: ["out"] };
const VIEW: CallEffect = { result: "view", returns: ARRAY };
const SCALAR: CallEffect = { mutatesArguments: ["out"] };
const DRAWS: CallEffect = { returns: ARRAY, random: { generator: "random:numpy" } };
const READS_FILE: CallEffect = {
  returns: ARRAY,
  file: { access: "read", argument: 0, keyword: "fname" },
};
const WRITES_FILE: CallEffect = { file: { access: "write", argument: 0, keyword: "file" } };
const GENERATOR_DRAW: CallEffect = { mutatesReceiver: true, returns: ARRAY };

export const numpyEffects: LibraryEffects = {
  functions: {
    "numpy.*": { mutatesArguments: ["out"] },
    ...under("numpy", {
      // https://numpy.org/doc/stable/reference/routines.array-creation.html
      ...each(
        "arange linspace logspace geomspace zeros ones full empty eye identity zeros_like ones_like full_like empty_like array copy fromfunction fromiter tri tril triu meshgrid",
        FRESH,
      ),
      ...each("asarray asanyarray ascontiguousarray asfortranarray frombuffer require", VIEW),
      // https://numpy.org/doc/stable/reference/routines.array-manipulation.html
      ...each(
        "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims atleast_1d atleast_2d atleast_3d broadcast_to broadcast_arrays flip fliplr flipud rot90 split array_split hsplit vsplit dsplit unstack diagonal real imag permute_dims matrix_transpose asmatrix asfarray einsum ma.* lib.stride_tricks.*",
        VIEW,
      ),
      ...each(
        "concatenate stack vstack hstack dstack column_stack tile repeat append insert delete resize roll unique where sort argsort pad",
        FRESH,
      ),
      nan_to_num: { returns: ARRAY, worksInPlaceWithoutCopy: true },
      // What a file is mapped to is a handle on the file.
      ...each("memmap lib.format.open_memmap", {
        returns: ARRAY,
        file: { access: "read-write", argument: 0, keyword: "filename" },
      }),
      copyto: { mutatesArguments: [0, "dst"] },
      // https://numpy.org/doc/stable/reference/routines.indexing.html
      ...each("put put_along_axis place putmask fill_diagonal", { mutatesArguments: [0] }),
      // https://numpy.org/doc/stable/reference/ufuncs.html: the place for the result is `out=`, or follows the operands.
      ...each(
        "exp exp2 expm1 log log1p log2 log10 sqrt cbrt square abs absolute fabs sign negative positive reciprocal sin cos tan arcsin arccos arctan sinh cosh tanh rint trunc floor ceil isnan isfinite isinf logical_not invert",
        { returns: ARRAY, mutatesArguments: [1, "out"] },
      ),
      ...each(
        "add subtract multiply divide true_divide floor_divide power float_power mod remainder fmod maximum minimum fmax fmin hypot arctan2 dot matmul logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor greater greater_equal less less_equal equal not_equal",
        { returns: ARRAY, mutatesArguments: [2, "out"] },
      ),
      ...each("clip", { returns: ARRAY, mutatesArguments: [3, "out"] }),
      ...each("round around cumsum cumprod", { returns: ARRAY, mutatesArguments: ["out"] }),
      ...each(
        "add.at subtract.at multiply.at divide.at power.at maximum.at minimum.at logical_or.at logical_and.at",
        { mutatesArguments: [0] },
      ),
      ...each(
        "mean sum std var min max median percentile quantile argmin argmax prod any all nanmean nansum nanstd nanmedian nanmin nanmax count_nonzero",
        SCALAR,
      ),
      ...each("float64 float32 int64 int32 int8 uint8 bool_", { returns: "numpy.scalar" }),
      // https://numpy.org/doc/stable/reference/routines.io.html
      load: { ...READS_FILE, file: { access: "read", argument: 0, keyword: "file" } },
      ...each("loadtxt genfromtxt fromfile", READS_FILE),
      ...each("save savez savez_compressed", WRITES_FILE),
      savetxt: { file: { access: "write", argument: 0, keyword: "fname" } },
      // https://numpy.org/doc/stable/reference/generated/numpy.set_printoptions.html
      ...each("set_printoptions seterr seterrcall setbufsize", {
        ambient: [{ resource: "options", access: "write" }],
      }),
      ...each("apply_along_axis vectorize frompyfunc piecewise", { result: "keeps" }),
      nditer: { result: "keeps" },
    }),
    // https://numpy.org/doc/stable/reference/random/legacy.html
    "numpy.random.*": DRAWS,
    ...under("numpy.random", {
      ...each("seed set_state", { random: { generator: "random:numpy", seeds: true } }),
      get_state: { random: { generator: "random:numpy" } },
      shuffle: { mutatesArguments: [0, "x"], random: { generator: "random:numpy" } },
      // https://numpy.org/doc/stable/reference/random/generator.html: without a seed it starts from the system's entropy.
      default_rng: {
        returns: GENERATOR,
        random: { generator: "random:other", unless: "seed", position: 0, entropy: true },
      },
      Generator: { returns: GENERATOR, result: "keeps" },
      RandomState: {
        returns: "numpy.random.RandomState",
        random: { generator: "random:other", unless: "seed", position: 0, entropy: true },
      },
      ...each("PCG64 MT19937 SeedSequence", {
        random: { generator: "random:other", unless: "seed", position: 0, entropy: true },
      }),
    }),
  },
  classes: {},
  methods: {
    // https://numpy.org/doc/stable/reference/arrays.ndarray.html
    [ARRAY]: {
      ...each(
        "copy astype flatten cumsum cumprod repeat take choose compress nonzero round clip conj conjugate argsort searchsorted dot",
        FRESH,
      ),
      ...each("reshape ravel transpose swapaxes squeeze view diagonal", VIEW),
      ...each("sum mean std var min max ptp prod any all argmin argmax trace", SCALAR),
      ...each("item tolist tobytes", {}),
      ...each("sort fill put partition itemset resize setfield setflags byteswap", {
        mutatesReceiver: true,
      }),
      ...each("tofile dump", { file: { access: "write", argument: 0, keyword: "fid" } }),
    },
    // https://numpy.org/doc/stable/reference/random/generator.html
    [GENERATOR]: {
      "*": GENERATOR_DRAW,
      shuffle: { mutatesReceiver: true, mutatesArguments: [0] },
      spawn: { mutatesReceiver: true },
    },
    "numpy.random.RandomState": {
      "*": GENERATOR_DRAW,
      shuffle: { mutatesReceiver: true, mutatesArguments: [0] },
    },
    "numpy.scalar": { ...each("item astype round", {}) },
  },
  attributes: {
    [ARRAY]: {
      ...each("shape ndim size dtype nbytes itemsize strides", {
        result: "fresh",
        returns: "builtins.tuple",
      }),
      ...each("T real imag flat base", { returns: ARRAY }),
    },
  },
  bases: { "numpy.matrix": [ARRAY] },
  synonyms: { "numpy.lib.npyio": "numpy" },
  settings: {},
  dynamic: {},
  // https://numpy.org/doc/stable/reference/generated/numpy.errstate.html
  transparentContexts: ["numpy.errstate", "numpy.printoptions"],
  scopedSettings: { "numpy.errstate": ["options"], "numpy.printoptions": ["options"] },
  iteratorTypes: [],
  pairTypes: {},
};
