/** Family 19: state of the process that one cell sets and another sees: options, environment, working directory, contexts, attributes. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("settings that every step can make for itself", [
  {
    name: "options from a dictionary that only they use",
    cells: [
      "import pandas as pd\nimport matplotlib.pyplot as plt",
      "style = {'font.size': 7}\nplt.rcParams.update(style)\nshown = {'precision': 3}\npd.set_option('display.precision', shown['precision'])",
      "a = [0.123456]",
      "b = str(pd.Series(a))",
      keep("(b, plt.rcParams['font.size'])"),
    ],
    steps: 3,
  },
  {
    name: "the precision of decimals, set between two divisions",
    cells: [
      "import decimal\na = decimal.Decimal(1) / 3",
      "decimal.getcontext().prec = 5",
      "b = decimal.Decimal(1) / 3",
      keep("(a, b)"),
    ],
    steps: 3,
  },
  {
    name: "options set in a loop, by a function and from a constant",
    cells: [
      "import pandas as pd\nDIGITS = 2\ndef few_rows():\n    pd.set_option('display.max_rows', 4)\nfor option in ['display.max_columns', 'display.width']:\n    pd.set_option(option, 30)\nfew_rows()",
      "pd.set_option('display.precision', DIGITS)",
      "table = pd.DataFrame({'x': [1.23456] * 9})",
      keep("table"),
    ],
    steps: 2,
  },
  {
    name: "a dialect of csv",
    cells: [
      "import csv, io\ncsv.register_dialect('semicolons', delimiter=';')",
      "rows = list(csv.reader(io.StringIO('a;b'), dialect='semicolons'))",
      keep("rows"),
    ],
    steps: 2,
  },
  {
    name: "a working directory that is entered and left, one of them made before",
    cells: [
      "import os\nos.makedirs('made', exist_ok=True)",
      "os.chdir(os.path.join(os.getcwd(), 'made'))\nopen('inside.txt', 'w').write('1')",
      "os.chdir('..')",
      "text = open('made/inside.txt').read()",
      "os.chdir('data')",
      "text += open('x.txt').read()",
      "os.chdir('..')",
      keep("text"),
    ],
    files: { "data/x.txt": "2" },
    steps: 4,
  },
  {
    name: "environment variables, one made of another",
    cells: [
      "import os\nos.environ['MODE'] = 'slow'",
      "one = os.environ.get('MODE')",
      "os.environ['MODE'] = os.environ['MODE'] + 'er'",
      "two = os.getenv('MODE')",
      keep("(one, two)"),
    ],
    steps: 3,
  },
  {
    name: "a logger",
    cells: [
      "import logging\nlogging.basicConfig(level=logging.INFO)\nlogger = logging.getLogger(__name__)\nlogger.setLevel(logging.DEBUG)",
      "n = len('abc')\nlogger.info('got %d', n)",
      "m = (n, logger.level, logger.name)",
      keep("m"),
    ],
    steps: 2,
  },
  {
    name: "a variable that a module sets when it is imported, and a stored object that imports it",
    cells: [
      "import pickle\na = len('abc')",
      "with open('model.txt', 'rb') as file:\n    model = pickle.load(file)",
      "b = model().predict(a)",
      keep("(a, b)"),
    ],
    files: {
      "quiet_maths.py":
        "import os\n\nos.environ.setdefault('QUIET_THREADS', '1')\n\n\nclass Model:\n    def predict(self, x):\n        return x * 2\n",
      "model.txt": "cquiet_maths\nModel\n.",
    },
    steps: 4,
  },
  {
    name: "settings that are put back at once",
    cells: [
      "import decimal, warnings\nimport pandas as pd\nseries = pd.Series([1.23456])",
      "with warnings.catch_warnings():\n    warnings.simplefilter('error')\n    try:\n        warnings.warn('x')\n        a = 1\n    except UserWarning:\n        a = 2",
      "with pd.option_context('display.precision', 2):\n    text = repr(series)",
      "with decimal.localcontext() as context:\n    context.prec = 3\n    third = decimal.Decimal(1) / 3",
      keep("(a, text, repr(series), third, decimal.Decimal(1) / 3)"),
    ],
    steps: 4,
  },
]);

testConstructs("settings that stay with one process", [
  {
    name: "an option whose value is computed",
    cells: [
      "import pandas as pd\ndigits = len('ab')",
      "pd.set_option('display.precision', digits)",
      "table = pd.DataFrame({'x': [1.23456]})",
      keep("table"),
    ],
    steps: 2,
    merged: /pandas\.set_option\(…\) changes the options/,
  },
  {
    name: "a function of a library that no table knows",
    cells: [
      "import quiet\nquiet.configure('x')",
      "n = 1 + len('a')",
      "got = (n, quiet.value())",
      keep("got"),
    ],
    files: {
      "quiet.py":
        "import builtins\n\n\ndef configure(text):\n    builtins._quiet = text * 3\n\n\ndef value():\n    return getattr(builtins, '_quiet', None)\n",
    },
    merged: /are one step: as separate ones they did not compute/,
  },
  {
    name: "what a module of the project holds",
    cells: [
      "import own\nx = own.value(1)",
      "own.RATE = 5",
      "own.SEEN.append(x)",
      "y = own.value(len(own.SEEN))",
      keep("(x, y)"),
    ],
    files: { "own.py": "RATE = 1\nSEEN = []\n\n\ndef value(n):\n    return n * RATE\n" },
    steps: 2,
    merged: /own\.RATE = … changes the module attribute/,
  },
  {
    name: "a class attribute",
    cells: [
      "class Settings:\n    rate = 1",
      "Settings.rate = 5",
      "def scaled(n):\n    return n * Settings.rate\nx = scaled(2)",
      keep("x"),
    ],
    merged: /Settings has state of its own \(`Settings.rate = …` in cell 2 may change it\)/,
  },
]);
