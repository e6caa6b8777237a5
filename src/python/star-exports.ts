/**
 * What `from MODULE import *` binds for modules of the standard library that hardly change, as of Python 3.11: for whoever only
 * looks at a notebook. A promotion asks the interpreter instead.
 * @see https://docs.python.org/3/reference/simple_stmts.html#import for which names those are.
 */
import { buildScopes } from "./scopes.ts";
import type { SyntaxTree } from "./syntax.ts";

/** By module. */
export const STANDARD_EXPORTS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    collections: `
    ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque namedtuple
  `,
    datetime: `
    MAXYEAR MINYEAR UTC date datetime time timedelta timezone tzinfo
  `,
    itertools: `
    accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby
    islice pairwise permutations product repeat starmap takewhile tee zip_longest
  `,
    math: `
    acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 expm1
    fabs factorial floor fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma
    log log10 log1p log2 modf nan nextafter perm pi pow prod radians remainder sin sinh sqrt tan tanh tau trunc
    ulp
  `,
    random: `
    Random SystemRandom betavariate choice choices expovariate gammavariate gauss getrandbits getstate
    lognormvariate normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle
    triangular uniform vonmisesvariate weibullvariate
  `,
    time: `
    CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME CLOCK_TAI
    CLOCK_THREAD_CPUTIME_ID altzone asctime clock_getres clock_gettime clock_gettime_ns clock_settime
    clock_settime_ns ctime daylight get_clock_info gmtime localtime mktime monotonic monotonic_ns perf_counter
    perf_counter_ns process_time process_time_ns pthread_getcpuclockid sleep strftime strptime struct_time
    thread_time thread_time_ns time time_ns timezone tzname tzset
  `,
    typing: `
    AbstractSet Annotated Any AnyStr AsyncContextManager AsyncGenerator AsyncIterable AsyncIterator Awaitable
    BinaryIO ByteString Callable ChainMap ClassVar Collection Concatenate Container ContextManager Coroutine
    Counter DefaultDict Deque Dict Final ForwardRef FrozenSet Generator Generic Hashable IO ItemsView Iterable
    Iterator KeysView List Literal LiteralString Mapping MappingView Match MutableMapping MutableSequence
    MutableSet NamedTuple Never NewType NoReturn NotRequired Optional OrderedDict ParamSpec ParamSpecArgs
    ParamSpecKwargs Pattern Protocol Required Reversible Self Sequence Set Sized SupportsAbs SupportsBytes
    SupportsComplex SupportsFloat SupportsIndex SupportsInt SupportsRound TYPE_CHECKING Text TextIO Tuple Type
    TypeAlias TypeGuard TypeVar TypeVarTuple TypedDict Union Unpack ValuesView assert_never assert_type cast
    clear_overloads dataclass_transform final get_args get_origin get_overloads get_type_hints is_typeddict
    no_type_check no_type_check_decorator overload reveal_type runtime_checkable
  `,
  }).map(([module, names]) => [module, names.trim().split(/\s+/)]),
);

/** Places where a module may bind names that its text does not show, or says itself which ones it gives away. */
const OPAQUE =
  /\bimport\s*\(?\s*\*|\b(?:globals|locals|vars|exec|eval|setattr)\s*\(|__getattr__|__dict__|__all__\s*(?!\s*=[^=])|sys\.modules/;

const ALL = /^__all__\s*=\s*[[(]((?:\s*(?:"\w+"|'\w+')\s*,?\s*)*)[\])]\s*$/m;

/** What `from MODULE import *` binds of a module's own text; `undefined` when the text alone does not say. */
export function exportedNames(tree: SyntaxTree): readonly string[] | undefined {
  const { text } = tree;
  const uses = text.match(/__all__/g)?.length ?? 0;
  if (OPAQUE.test(text) || uses > 1) return undefined;
  if (uses === 1) {
    const listed = ALL.exec(text)?.[1];
    return listed?.match(/\w+/g) ?? undefined;
  }
  return [...buildScopes(tree).module.symbols.values()]
    .filter(({ bound, name }) => bound && !name.startsWith("_"))
    .map(({ name }) => name);
}
