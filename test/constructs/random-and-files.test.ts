/** Families 17 and 20: generators that go on from step to step, and files that one cell writes and another reads. */
import { keep, testConstructs } from "../support/construct-cases.ts";

testConstructs("global generators across steps", [
  {
    name: "seeded once, drawn from by pandas, scikit-learn and by hand in several cells",
    cells: [
      "import random\nimport numpy as np\nimport pandas as pd\nfrom sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split\nnp.random.seed(4)\nrandom.seed(5)",
      "table = pd.DataFrame({'a': np.random.rand(40)})\nlabel = (table['a'] > 0.5).astype(int)",
      "train, test, label_train, label_test = train_test_split(table, label)",
      "model = RandomForestClassifier(n_estimators=3)\nmodel.fit(train, label_train)",
      "picked = table.sample(2).index.tolist()\nrandom.shuffle(picked)",
      keep("(picked, model.predict(test).tolist(), random.random(), np.random.randint(9))"),
    ],
    steps: 5,
  },
  {
    name: "a state that is kept, put back, and drawn from through functions and comprehensions",
    cells: [
      "import random\nimport numpy as np\nnp.random.seed(7)\nstate = np.random.get_state()",
      "def draw(n):\n    return [random.random() for _ in range(n)] + list(np.random.rand(n))",
      "first = draw(1)",
      "np.random.set_state(state)\nagain = draw(1)",
      "if len(again) > 1:\n    random.seed(1)\nlast = {k: random.choice('abc') for k in range(2)}",
      keep("(first, again, last)"),
    ],
    steps: 4,
  },
  {
    name: "a seed in one branch and a generator object beside the global one",
    cells: [
      "import random\nimport numpy as np\nnp.random.seed(7)\nrng = np.random.default_rng(0)\nown = random.Random(3)",
      "if rng.random() > 2:\n    np.random.seed(1)",
      "a = np.random.rand()\nb = own.random()",
      "c = rng.integers(9)\nd = own.random()",
      keep("(a, b, c, d)"),
    ],
    steps: 4,
  },
]);

testConstructs("files as the way from cell to cell", [
  {
    name: "the same path written again, appended to, renamed and removed",
    cells: [
      "import os\nplace = 'a' + '.txt'\nopen(place, 'w').write('1')",
      "one = open(place).read()",
      "with open(place, 'w') as file:\n    file.write('2')",
      "with open(place, 'a') as file:\n    file.write('3')",
      "two = open(place).read()\nos.rename(place, 'b.txt')",
      "there = os.path.exists(place), os.path.exists('b.txt')\nos.remove('b.txt')",
      "left = sorted(os.listdir('.'))\nleft = [name for name in left if name.endswith('.txt')]",
      keep("(one, two, there, left)"),
    ],
    steps: 6,
  },
  {
    name: "folders made, filled in a loop, and read by a pattern",
    cells: [
      "from pathlib import Path\nimport glob\nfolder = Path('parts') / 'deep'\nfolder.mkdir(parents=True, exist_ok=True)",
      "for i in range(3):\n    (folder / f'p{i}.csv').write_text(f'a\\n{i}\\n')",
      "import pandas as pd\nframes = [pd.read_csv(path) for path in sorted(glob.glob('parts/*/*.csv'))]",
      "total = int(pd.concat(frames)['a'].sum())\n(folder / 'p0.csv').unlink()",
      keep("(total, len(list(folder.iterdir())))"),
    ],
    steps: 4,
  },
  {
    name: "a database, a pickle and a joblib file",
    cells: [
      "import pickle, sqlite3\nimport joblib\nimport pandas as pd\ntable = pd.DataFrame({'a': [1, 2]})\nconnection = sqlite3.connect('t.db')\ntable.to_sql('t', connection, index=False)\nconnection.close()",
      "with open('table.pkl', 'wb') as file:\n    pickle.dump(table, file)\njoblib.dump({'k': [1]}, 'd.joblib')",
      "connection = sqlite3.connect('t.db')\nback = pd.read_sql('select a from t', connection)\nconnection.close()",
      "with open('table.pkl', 'rb') as file:\n    again = pickle.load(file)\nd = joblib.load('d.joblib')\nd['k'].append(2)",
      "import os\nos.remove('t.db'); os.remove('table.pkl'); os.remove('d.joblib')",
      keep("(back['a'].tolist(), again['a'].tolist(), d)"),
    ],
    steps: 5,
  },
]);

testConstructs("values that are hard to compare", [
  {
    name: "sets, functions, addresses, floats that are no numbers, and a fitted model with a cache",
    cells: [
      "import numpy as np\nfrom sklearn.neighbors import KNeighborsClassifier\nwords = {'b', 'a', 'c'}\nodd = [float('nan'), -0.0, np.float32(0.1), complex(1, 2)]",
      "class Thing:\n    pass\nthing = Thing()\nthing.words = words",
      "model = KNeighborsClassifier(1).fit([[0.0], [1.0]], [0, 1])",
      "nested = {'k': (words, odd), 'when': np.datetime64('2024-01-01'), 'none': None}\nthing.words.add('d')",
      keep("(sorted(words), repr(odd), sorted(nested['k'][0]), model.predict([[0.9]]).tolist())"),
    ],
    steps: 4,
  },
]);
