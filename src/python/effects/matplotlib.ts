/** matplotlib and seaborn: drawing changes figures, never the data. */
import { type CallEffect, each, type LibraryEffects, under } from "./effect.ts";

const DRAW: CallEffect = {
  ambient: [{ resource: "figure", access: "read-write" }],
  returns: "matplotlib.Artist",
};
const SAVE: CallEffect = {
  ambient: [{ resource: "figure", access: "read" }],
  file: { access: "write", argument: 0, keyword: "fname" },
};
const OPTIONS: CallEffect = { ambient: [{ resource: "plot-options", access: "write" }] };

/** Each puts the settings back that it makes. */
const CONTEXTS = [
  "matplotlib.pyplot.style.context",
  "matplotlib.style.context",
  "matplotlib.rc_context",
  "matplotlib.pyplot.rc_context",
  "seaborn.axes_style",
  "seaborn.plotting_context",
  "seaborn.color_palette",
];

export const matplotlibEffects: LibraryEffects = {
  functions: {
    // https://matplotlib.org/stable/api/pyplot_summary.html: one implicit current figure
    "matplotlib.pyplot.*": DRAW,
    ...under("matplotlib.pyplot", {
      subplots: { ...DRAW, parts: ["matplotlib.figure.Figure", "matplotlib.axes.Axes"] },
      savefig: SAVE,
      imsave: { file: { access: "write", argument: 0, keyword: "fname" } },
      imread: { file: { access: "read", argument: 0, keyword: "fname" }, returns: "numpy.ndarray" },
      ...each("rc rcdefaults ion ioff switch_backend set_cmap", OPTIONS),
    }),
    "matplotlib.pyplot.style.use": OPTIONS,
    ...each(
      "matplotlib.use matplotlib.rc matplotlib.rcdefaults matplotlib.style.use matplotlib.rcParams.update matplotlib.pyplot.rcParams.update",
      OPTIONS,
    ),
    "matplotlib.*": {},
    // https://seaborn.pydata.org/api.html
    "seaborn.*": DRAW,
    ...under("seaborn", {
      ...each(
        "set set_theme set_style set_context set_palette reset_defaults reset_orig set_color_codes set_hls_values",
        OPTIONS,
      ),
      load_dataset: {
        returns: "pandas.DataFrame",
        ambient: [{ resource: "network", access: "read" }],
      },
      ...each("color_palette cubehelix_palette light_palette dark_palette diverging_palette", {}),
    }),
    // https://plotly.com/python-api-reference/
    "plotly.express.*": { returns: "plotly.Figure" },
    "plotly.graph_objects.*": { returns: "plotly.Figure", result: "keeps" },
    // https://ipython.readthedocs.io/en/stable/api/generated/IPython.display.html
    "IPython.display.*": { ambient: [{ resource: "stdout", access: "write" }] },
  },
  classes: {},
  methods: {
    // Axes, figures and other artists: https://matplotlib.org/stable/api/artist_api.html
    "matplotlib.Artist": {
      "*": { mutatesReceiver: true, result: "view", ...DRAW, returns: "matplotlib.Artist" },
      savefig: SAVE,
    },
    "plotly.Figure": {
      "*": { mutatesReceiver: true, result: "receiver" },
      show: { ambient: [{ resource: "figure", access: "read-write" }] },
      ...each("write_html write_image write_json", {
        file: { access: "write", argument: 0, keyword: "file" },
      }),
    },
  },
  attributes: {},
  bases: {
    "matplotlib.axes.Axes": ["matplotlib.Artist"],
    "matplotlib.figure.Figure": ["matplotlib.Artist"],
  },
  synonyms: { pylab: "matplotlib.pyplot", "matplotlib.pylab": "matplotlib.pyplot" },
  // https://matplotlib.org/stable/users/explain/customizing.html
  settings: {
    "matplotlib.rcParams": "plot-options",
    "matplotlib.pyplot.rcParams": "plot-options",
    "matplotlib.rcParams.*": "plot-options",
    "matplotlib.pyplot.rcParams.*": "plot-options",
  },
  dynamic: {},
  transparentContexts: CONTEXTS,
  scopedSettings: Object.fromEntries(CONTEXTS.map((name) => [name, ["plot-options"] as const])),
  iteratorTypes: [],
  pairTypes: {},
};
