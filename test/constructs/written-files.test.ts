/** Files that the notebook writes of values that crossed a step: the same content may have other bytes. */
import { testConstructs } from "../support/construct-cases.ts";

testConstructs("files of pickled values, whatever their names say", [
  {
    name: "a model dumped by joblib and by pickle under endings that people use",
    cells: [
      "import joblib\nimport pickle\nimport numpy as np\nfrom sklearn.ensemble import RandomForestClassifier\nX = np.arange(40.0).reshape(20, 2)\ny = [0, 1] * 10",
      "model = RandomForestClassifier(n_estimators=3, random_state=0).fit(X, y)",
      "joblib.dump(model, 'model.pkl')\njoblib.dump(model, 'model', compress=3)",
      "with open('model.sav', 'wb') as file:\n    pickle.dump({'model': model, 'labels': y}, file)",
    ],
    steps: 3,
    otherBytes: ["model", "model.pkl", "model.sav"],
  },
]);
