/**
 * Counters, gauges and histograms in the Prometheus text format (version 0.0.4).
 * Holds numbers only; label values come from closed sets, never from a client, so the number of series is bounded.
 */

/** Label names and values. Their order in the object is the order in the text. */
export type Labels = Readonly<Record<string, string>>;

/** Upper bounds in seconds, without +Inf. */
const LATENCY_BUCKETS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
}

const FAMILIES = {
  requests: {
    name: "mlops_requests_total",
    type: "counter",
    help: "Prediction requests answered, by HTTP status.",
  },
  errors: {
    name: "mlops_request_errors_total",
    type: "counter",
    help: "Prediction requests refused or failed, by reason.",
  },
  rows: { name: "mlops_rows_total", type: "counter", help: "Rows answered." },
  rowErrors: {
    name: "mlops_row_errors_total",
    type: "counter",
    help: "Rows for which the model raised an error.",
  },
  warnings: {
    name: "mlops_contract_warnings_total",
    type: "counter",
    help: "Values outside the range or categories of training, by kind.",
  },
  duration: {
    name: "mlops_request_duration_seconds",
    type: "histogram",
    help: "Time from the complete request to the answer.",
  },
  inFlight: {
    name: "mlops_requests_in_flight",
    type: "gauge",
    help: "Prediction requests being answered.",
  },
  workers: { name: "mlops_workers", type: "gauge", help: "Warm Python workers." },
  restarts: {
    name: "mlops_worker_restarts_total",
    type: "counter",
    help: "Workers started again after one died.",
  },
  logDropped: {
    name: "mlops_prediction_log_dropped_total",
    type: "counter",
    help: "Rows not logged because the disk did not keep up.",
  },
} as const satisfies Readonly<Record<string, Family>>;

/** A metric this gateway exposes. */
export type MetricName = keyof typeof FAMILIES;

/** The metrics of one gateway. */
export class Metrics {
  readonly #values = new Map<string, Map<string, number>>();
  readonly #histograms = new Map<string, Histogram>();

  /** Adds to a counter or gauge. */
  add(name: Exclude<MetricName, "duration">, labels: Labels, amount = 1): void {
    const series = this.#series(name);
    const key = renderLabels(labels);
    series.set(key, (series.get(key) ?? 0) + amount);
  }

  /** Sets a gauge. */
  set(name: Exclude<MetricName, "duration">, labels: Labels, value: number): void {
    this.#series(name).set(renderLabels(labels), value);
  }

  /** Records one duration. */
  observeSeconds(labels: Labels, seconds: number): void {
    const key = renderLabels(labels);
    let histogram = this.#histograms.get(key);
    if (histogram === undefined) {
      histogram = { counts: LATENCY_BUCKETS.map(() => 0), sum: 0, count: 0 };
      this.#histograms.set(key, histogram);
    }
    histogram.sum += seconds;
    histogram.count += 1;
    const bucket = LATENCY_BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  }

  /** The text of `/metrics`; families in the order above, series in order of first use. */
  render(): string {
    const lines: string[] = [];
    for (const [key, family] of Object.entries(FAMILIES)) {
      lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`);
      if (family.type === "histogram") lines.push(...this.#renderHistograms(family.name));
      for (const [labels, value] of this.#values.get(key) ?? []) {
        lines.push(`${family.name}${wrap(labels)} ${String(value)}`);
      }
    }
    return `${lines.join("\n")}\n`;
  }

  #series(name: MetricName): Map<string, number> {
    let series = this.#values.get(name);
    if (series === undefined) {
      series = new Map();
      this.#values.set(name, series);
    }
    return series;
  }

  #renderHistograms(name: string): readonly string[] {
    const lines: string[] = [];
    for (const [labels, histogram] of this.#histograms) {
      const prefix = labels === "" ? "" : `${labels},`;
      let below = 0;
      for (const [index, bound] of LATENCY_BUCKETS.entries()) {
        below += histogram.counts[index] ?? 0;
        lines.push(`${name}_bucket{${prefix}le="${String(bound)}"} ${String(below)}`);
      }
      lines.push(
        `${name}_bucket{${prefix}le="+Inf"} ${String(histogram.count)}`,
        `${name}_sum${wrap(labels)} ${String(histogram.sum)}`,
        `${name}_count${wrap(labels)} ${String(histogram.count)}`,
      );
    }
    return lines;
  }
}

function wrap(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function renderLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
