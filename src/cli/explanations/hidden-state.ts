import type { Explanation } from "./explanation.ts";

/** What saved outputs say against the order of the cells. */
export const hiddenStateExplanations: Readonly<Record<string, Explanation>> = {
  "order-proven": {
    what: "Run in another order, the notebook repeats the outputs that are saved in it; from top to bottom it fails, or gives others.",
    why: "A pipeline runs the cells from top to bottom. Doing so here would compute something else than the person saw, and putting the cells into another order is a change of the notebook, which nobody makes without being asked.",
    example: "In [3]: total = price * 2\nIn [2]: price = 100\nIn [4]: print(total)",
    fix: "mlops promote NOTEBOOK --order saved writes a copy with its cells in the proven order, beside the notebook, and promotes that; its certificate names the order. Where the order of the cells is the one that is meant, --order cells promotes it as it stands.",
  },
  "order-unproven": {
    what: "--order saved found no order of the cells that repeats the saved outputs.",
    why: "An order that nothing proves would be a guess. Orders are guessed from execution counts and from names that are read before they are bound; cells that were changed or deleted after they had run cannot be seen in either.",
    example: "a notebook whose counts were cleared before it was saved",
    fix: "Put the cells into the order in which they are meant, use Restart and Run All in Jupyter, and promote without --order.",
  },
  "ordered-copy-changed": {
    what: "--order saved would write a copy of the notebook where another file is already.",
    why: "The file may hold work of somebody: an earlier copy that was changed, or a notebook of that name.",
    example: "churn-ordered.ipynb, of an earlier version of churn.ipynb",
    fix: "Promote that file as it is, or move it away and promote again.",
  },
  "name-from-deleted-cell": {
    what: "A cell reads a name that no cell of the notebook binds. It was bound by a cell that has been deleted, or was written otherwise when it ran.",
    why: "The running kernel still had the value; a fresh one, and a pipeline, does not.",
    example: "In [7]: model.fit(X[mask], y[mask])   (and no cell that binds mask)",
    fix: "Bind the name in a cell above. What saved outputs still show of it is part of the message. Then restart the kernel and run all cells.",
  },
  "saved-output-differs": {
    what: "The text that is saved with a cell is not what the cell gives now, from top to bottom.",
    why: "The certificate holds the pipeline to what the notebook computes from top to bottom today, not to what is saved in it: who reads the notebook sees other results than the pipeline gives.",
    example: "saved: accuracy 0.91, now: accuracy 0.89",
    fix: "Nothing, where the data or the code changed on purpose: run the notebook again and save. Where random numbers are named, seed them. Otherwise look at what the cell takes.",
  },
  "saved-output-form": {
    what: "What is saved with some cells and what they give now are the same results, set out in another way or with other last digits.",
    why: "Versions of libraries print tables, models and floats differently, and sums of floats depend on the machine.",
    example: "saved: 0.8712345678, now: 0.8712345679",
    fix: "Nothing to do.",
  },
  "random-not-seeded": {
    what: "The notebook draws from a random generator that it does not seed: it splits, samples, shuffles or trains without random_state.",
    why: "mlops seeds the generators of every run that it compares, so the pipeline is proven under that seed. Anywhere else the notebook gives other rows, models and metrics each time it runs, and nobody can repeat what it reports.",
    example: "X_train, X_test = train_test_split(X)   (no random_state)",
    fix: "Do what is said behind each call: add random_state=0, draw from np.random.default_rng(0), or seed the generator at the top of the notebook. Then promote again.",
  },
};
