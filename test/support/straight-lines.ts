/**
 * Random programs without branches in which names share memory, are changed in place, and are read late: what cutting may get wrong.
 * A shape is Python with holes: `<list>` is a name that holds a list, `<+list>` a name that holds one from here on, `<-any>` one that
 * is gone from here on. A statement may still raise; whoever runs the program leaves it out then.
 */

/** What a name holds, as far as shapes care. */
const KINDS = [
  "int",
  "str",
  "list",
  "dict",
  "set",
  "tuple",
  "array",
  "frame",
  "series",
  "box",
  "iterator",
  "generator",
  "function",
  "holder",
] as const;
type Kind = (typeof KINDS)[number];

/** Names of data are few, so that they are bound again often. */
const DATA_NAMES = ["a", "b", "c", "d", "e", "log", "table", "best"];
const FUNCTION_NAMES = ["get", "keep", "make", "step", "show"];
/** Kinds of which `<any>` may be one. */
const VALUES: readonly Kind[] = KINDS.filter((kind) => kind !== "function");

/** What every program begins with. */
export const STRAIGHT_START: readonly string[] = [
  "import collections\nimport copy\nimport functools\nimport heapq\nimport itertools\nimport operator\nimport random\nimport types",
  "import numpy as np\nimport pandas as pd",
  [
    "class Box:",
    "    items = []",
    "    def __init__(self, x):",
    "        self.x = x",
    "    def put(self, y):",
    "        self.y = y",
    "        return self",
    "    def add(self, y):",
    "        self.items.append(y)",
    "    def take(self):",
    "        return self.x",
    "    def __repr__(self):",
    "        return f'Box({self.__dict__}, {self.items})'",
    "    def __iadd__(self, other):",
    "        self.x = [self.x, other]",
    "        return self",
  ].join("\n"),
];

const SHAPES: readonly string[] = [
  // Plain values.
  "<+int> = 3",
  "<+int> = len(<list>)",
  "<+int> = <int> + 1",
  "<int> += 2",
  "<+str> = 'word'",
  "<+str> = repr(<any>)",
  "<+str> = f'{<any>!r}-{<int>:>4}'",
  "<+str> = <str>.upper() + 'x'",
  "<+any> = <any>",
  "<+any> = <any> if <any2> else <any3>",
  "<+any> = <any> or <any2>",
  "<+list> = <+dict> = []",
  "<+any>, <+any2> = <any2>, <any>",
  "<+any> = (<+any2> := <any>)",
  "del <-any>",
  // Lists.
  "<+list> = [1, 2, 3]",
  "<+list> = []",
  "<+list> = [<any>, <any2>]",
  "<+list> = [<list>] * 2",
  "<+list> = <list>[1:]",
  "<+list> = list(<list>)",
  "<+list> = <list> + [<any>]",
  "<+list> = <list>",
  "<list>.append(<any>)",
  "<list>.extend(<list2>[:2])",
  "<list>.insert(0, <any>)",
  "<+any> = <list>.pop()",
  "<+any> = <list>[0]",
  "<+list> = <list>[0]\n<+list>.append(7)",
  "<list>[0] = <any>",
  "<list>[:1] = [8, 9]",
  "<list>[0].append(<any>)",
  "<list> += [<any>]",
  "<list> *= 2",
  "del <list>[0]",
  "<list>.reverse()",
  "<list>.sort(key=repr)",
  "<+list> = sorted(<list>, key=repr)",
  "<+list> = [one for one in <list>]",
  "<+list> = [[one] for one in <list>]",
  "<+list> = [<list2>.append(one) for one in <list>[:3]]",
  "<+list> = [<+any> := one for one in <list>[:3]]",
  "<+any>, *<+list> = <list>",
  "<+list> = copy.copy(<list>)",
  "<+list> = copy.deepcopy(<list>)",
  "heapq.heappush(<list>, 0)",
  "[*map(<list>.append, [1, 2])]",
  "operator.setitem(<list>, 0, <any>)",
  "for <+any> in <list>[:3]:\n    <list2>.append(<+any>)",
  "for item in <list>:\n    item.append(5)",
  "if <any>:\n    <list>.append(1)\nelse:\n    <+any2> = <list>",
  "try:\n    <list>.append(<list2>[99])\nexcept IndexError as error:\n    <list>.append(str(error))",
  // Dictionaries and sets.
  "<+dict> = {'k': <any>}",
  "<+dict> = dict(k=<any>, m=<any2>)",
  "<+dict> = {**<dict>, 'n': <any>}",
  "<+dict> = <dict>",
  "<+dict> = {'k': <list>, 'inner': {'k': <list2>}}",
  "<dict>['k'] = <any>",
  "<dict>['k'].append(<any>)",
  "<dict>['inner']['k'].append(<any>)",
  "<dict>.update(k=<any>)",
  "<dict>.setdefault('m', []).append(<any>)",
  "<+list> = <dict>.setdefault('m', [])",
  "<dict> |= {'k': <any>}",
  "<+any> = <dict>['k']",
  "<+any> = <dict>.get('k', <any>)",
  "<+any> = <dict>.pop('k', <any>)",
  "<+list> = list(<dict>.values())",
  "<+list> = [value for value in <dict>.values()]",
  "<+dict> = {key: [value] for key, value in <dict>.items()}",
  "<+dict> = collections.defaultdict(list)",
  "for value in <dict>.values():\n    value.append(4)",
  "<+set> = {1, 2, 3}",
  "<set>.add(4)",
  "<set> |= {5}",
  "<+set> = <set>",
  "<set>.discard(2)",
  "<+list> = sorted(<set>)",
  "<+list> = collections.deque(<list>, maxlen=5)",
  "<list>.appendleft(<any>)",
  // Tuples and holders.
  "<+tuple> = (<any>, <any2>)",
  "<+tuple> = <any>, <list>",
  "<+any> = <tuple>[0]",
  "<tuple>[1].append(<any>)",
  "<+any>, <+any2> = <tuple>",
  "<tuple> += (<any>,)",
  "<+tuple> = tuple(<list>)",
  "<+tuple> = *<list>, <any>",
  "<+holder> = types.SimpleNamespace(x=<any>)",
  "<holder>.x = <any>",
  "<holder>.x.append(<any>)",
  "<+any> = <holder>.x",
  "vars(<holder>)['x'] = <any>",
  // Objects of a class of the notebook.
  "<+box> = Box(<any>)",
  "<+box> = Box(<any>).put(<any2>)",
  "<+box> = <box>",
  "<+box> = <box>.put(<any>)",
  "<box>.x = <any>",
  "<box>.put(<any>)",
  "<box>.x.append(<any>)",
  "<box>.add(<int>)",
  "<box> += <any>",
  "<+any> = <box>.x",
  "<+any> = <box>.take()",
  "<+list> = <box>.items",
  "Box.items.append(<int>)",
  "<+list> = Box.items",
  "setattr(<box>, 'x', <any>)",
  "<box>.__dict__['x'] = <any>",
  "vars(<box>)['y'] = <any>",
  "<box>.x, <+any> = <any2>, <box>.x",
  "del <box>.x",
  "Box.label = <any>",
  "<+any> = Box.label",
  // Arrays.
  "<+array> = np.arange(6)",
  "<+array> = np.zeros(4)",
  "<+array> = <array>",
  "<+array> = <array>[1:4]",
  "<+array> = <array>.reshape(-1, 1)",
  "<+array> = <array>.T",
  "<+array> = <array>.ravel()",
  "<+array> = <array>.copy()",
  "<+array> = <array> * 2",
  "<+array> = np.asarray(<array>)",
  "<+array> = np.array(<array>)",
  "<+array> = np.atleast_1d(<array>)",
  "<array>[0] = 9",
  "<array>[:2] = <int>",
  "<array> += 1",
  "<array>[1:] *= 2",
  "<array>.sort()",
  "<array>.fill(2)",
  "np.add(<array>, 1, out=<array2>)",
  "np.copyto(<array>, 3)",
  "<+array> = <array>[<array> > 1]",
  "<+int> = int(<array>.sum())",
  "<+list> = <array>.tolist()",
  "<+list> = [<array>, <array2>[1:]]",
  "<+list> = np.split(<array>, 2)",
  "for row in <array>.reshape(-1, 1):\n    row[0] = 6",
  "<array>.flat[0] = 5",
  "<+array> = np.random.rand(3)",
  "np.random.seed(<int>)",
  "np.random.shuffle(<array>)",
  "<+int> = random.randint(0, 99)",
  "random.seed(<int>)",
  "random.shuffle(<list>)",
  "<+generator> = np.random.default_rng(<int>)",
  "<+generator> = random.Random(<int>)",
  "<+generator> = <generator>",
  "<+str> = repr(<generator>.random())",
  // Frames.
  "<+frame> = pd.DataFrame({'x': [1, 2, 3], 'y': [4.0, 5.0, 6.0]})",
  "<+frame> = <frame>",
  "<+frame> = <frame>.copy()",
  "<+frame> = <frame>[['x']]",
  "<+frame> = <frame>.assign(z=<int>)",
  "<+frame> = <frame>.reset_index(drop=True)",
  "<+frame> = <frame>.head(2)",
  "<+frame> = <frame>.rename(columns={'y': 'w'})",
  "<frame>['z'] = <frame>['x'] * 2",
  "<frame>.loc[0, 'x'] = 9",
  "<frame>.iloc[0, 0] = 7",
  "<frame>.insert(0, 'i', <int>)",
  "<frame>.drop(columns=['x'], inplace=True)",
  "<frame>.columns = list('pqrstuv')[:len(<frame>.columns)]",
  "<frame>.attrs['k'] = <any>",
  "<frame>.loc[len(<frame>)] = 0",
  "del <frame>['x']",
  "<+series> = <frame>['x']",
  "<+series> = <frame>.pop('x')",
  "<+series> = <series>",
  "<+series> = <series> + 1",
  "<series>.iloc[0] = 5",
  "<series>.name = 'n'",
  "<series> += 1",
  "<+array> = <frame>.values",
  "<+array> = <series>.to_numpy()",
  "<+frame> = pd.DataFrame(<array>)",
  "<+series> = pd.Series(<array>)",
  "<+frame> = pd.DataFrame({'x': <list>})",
  "<+dict> = {'k': <frame>}",
  "<+list> = [<frame>, <series>]",
  "<list>[0]['z'] = 1",
  "for name, column in <frame>.items():\n    <list>.append(column)",
  // Functions.
  "def <+function>(x):\n    x.append(1)\n    return x",
  "def <+function>(x):\n    return x",
  "def <+function>(x, seen=[]):\n    seen.append(x)\n    return seen",
  "def <+function>(x, into=<list>):\n    into.append(x)\n    return into",
  "def <+function>(x):\n    <list>.append(x)\n    return x",
  "def <+function>(x):\n    return [<any>, x]",
  "def <+function>(x):\n    <dict>['k'] = x\n    return <dict>",
  "def <+function>(x):\n    box = Box(x)\n    box.x.append(2)\n    return box",
  "def <+function>(x):\n    x = [x]\n    x.append(1)\n    return x",
  "def <+function>(x):\n    return <function>(x)",
  "def <+function>(x):\n    for one in <list>:\n        one.append(x)\n    return <list>",
  "def <+function>(x):\n    def inner(y):\n        x.append(y)\n        return x\n    return inner(3)",
  "def <+function>(x):\n    total = 0\n    def more():\n        nonlocal total\n        total += 1\n        return total\n    more()\n    return [total, x]",
  "def <+function>(x):\n    <function>.seen = x\n    return x",
  "def <+function>(x):\n    yield x\n    yield <any>",
  "def <+function>(*args, **kwargs):\n    kwargs['k'] = args\n    return kwargs",
  "def <+function>(x):\n    <list>[:] = [x]\n    return <any>",
  "def <+function>(x):\n    Box.items.append(1)\n    return Box.items",
  "def <+function>(x):\n    return random.random() + len(<list>)",
  "@functools.lru_cache\ndef <+function>(x):\n    <list>.append(1)\n    return x",
  "def <+function>(x):\n    global <+any>\n    <+any> = x\n    return x",
  "<+function> = lambda x: <any>",
  "<+function> = lambda x, y=<any>: [x, y]",
  "<+function> = <list>.append",
  "<+function> = <box>.put",
  "<+function> = functools.partial(Box.put, <box>)",
  "<+function> = functools.partial(<function>, <any>)",
  "<+function> = <function>",
  "<+any> = <function>(<any>)",
  "<+list> = <function>(<list>)",
  "<+dict> = <function>(x=<any>)",
  "<function>(<any>)",
  "<function>(<list>)",
  "<+any> = <function>(<function2>(<list>))",
  "<+list> = list(map(<function>, <list>[:3]))",
  "<+list> = [<function>(one) for one in <list>[:3]]",
  "<+list> = sorted(<list>, key=<function>)",
  "<+dict> = {'k': <function>}",
  "<+any> = <dict>['k'](<any>)",
  "<+any> = functools.reduce(<function>, <list>[:3], <any>)",
  // Iterators.
  "<+iterator> = iter(<list>)",
  "<+iterator> = (one for one in <list>)",
  "<+iterator> = zip(<list>, <list2>)",
  "<+iterator> = map(repr, <list>)",
  "<+iterator> = itertools.chain(<list>, <list2>)",
  "<+any> = next(<iterator>)",
  "<+any> = next(<iterator>, None)",
  "<+list> = list(<iterator>)",
  "<+iterator> = <iterator>",
  "<+iterator> = enumerate(<dict>)",
];

/** A program after {@link STRAIGHT_START}, one text a statement. The same for the same random numbers. */
export function straightLine(random: () => number, length: number): readonly string[] {
  const held = new Map<string, Kind>([]);
  const statements: string[] = [];
  const start = ["<+list> = [1, 2]", "<+dict> = {'k': []}", "<+any> = [[3], [4]]"];
  for (let tries = 0; statements.length < length && tries < length * 30; tries += 1) {
    const shape = start[statements.length] ?? pick(random, SHAPES);
    const filled = fill(shape, held, random);
    if (filled !== undefined) statements.push(filled);
  }
  return statements;
}

const HOLE = /<([+-]?)([a-z]+?)(\d?)>/g;

function fill(shape: string, held: Map<string, Kind>, random: () => number): string | undefined {
  const chosen = new Map<string, string>();
  const changes: (() => void)[] = [];
  for (const [hole, sign, kind = ""] of shape.matchAll(HOLE)) {
    if (chosen.has(hole)) continue;
    const name = sign === "+" ? newName(kind, random) : heldName(kind, held, random);
    if (name === undefined) return undefined;
    chosen.set(hole, name);
    if (sign === "-") changes.push(() => held.delete(name));
    if (sign === "+") {
      const becomes = kind === "any" ? pick(random, ["list", "list", "dict", "int"]) : kind;
      changes.push(() => held.set(name, becomes as Kind));
    }
  }
  for (const change of changes) change();
  return shape.replaceAll(HOLE, (hole) => chosen.get(hole) ?? hole);
}

function newName(kind: string, random: () => number): string {
  return pick(random, kind === "function" ? FUNCTION_NAMES : DATA_NAMES);
}

function heldName(
  kind: string,
  held: ReadonlyMap<string, Kind>,
  random: () => number,
): string | undefined {
  const names = [...held]
    .filter(([, holds]) => (kind === "any" ? VALUES.includes(holds) : holds === kind))
    .map(([name]) => name);
  return names.length === 0 ? undefined : pick(random, names);
}

function pick<T>(random: () => number, of: readonly T[]): T {
  const one = of[Math.floor(random() * of.length)];
  if (one === undefined) throw new Error("there is nothing to pick from");
  return one;
}
