import type { Findings } from "./audit.js";
import type { DemoOptions } from "./demo-options.js";
import type { LoadResult } from "./load.js";
import type { Statistics } from "./statistics.js";

export interface DemoReport {
  readonly options: DemoOptions;
  readonly sent: LoadResult;
  readonly findings: Findings;
  readonly statistics: Statistics;
  readonly shutdownMs: number;
}

const LONGEST_LIST = 10;

/** The summary at the end of the demo. */
export function formatReport({ options, sent, findings, statistics, shutdownMs }: DemoReport): string {
  const { ids, latencies, refused, elapsedMs } = sent;
  const lines: [string, string][] = [
    ["accepted", `${count(ids.length)} of ${count(options.webhooks)}`],
    ["stored", `${count(findings.stored)} (rows in the database, read back after the shutdown)`],
    ["forwarded", `${count(findings.forwarded)} (seen downstream; ${count(statistics.retried)} retries)`],
    ["published", `${count(findings.published)} (taken from the queue)`],
    ["turned away", `${count(refused)} with 503, sent again later`],
    [
      "rate",
      `${count((ids.length / elapsedMs) * 1000)} requests per second over ${String(options.connections)} connections`,
    ],
    [
      "latency",
      `p50 ${milliseconds(percentile(latencies, 0.5))}, p99 ${milliseconds(percentile(latencies, 0.99))}`,
    ],
    ["shutdown", `${milliseconds(shutdownMs)} from SIGTERM to the last resource closed`],
    ["lost", describeLost(findings.lost)],
  ];
  return ["", ...lines.map(([name, text]) => `  ${name.padEnd(12)} ${text}`), ""].join("\n");
}

function describeLost(lost: readonly string[]): string {
  if (lost.length === 0) return "nothing: every accepted id is in the database, reached downstream and queue";
  const rest = lost.length > LONGEST_LIST ? [`and ${count(lost.length - LONGEST_LIST)} more`] : [];
  return [`${count(lost.length)} WEBHOOKS`, ...lost.slice(0, LONGEST_LIST), ...rest].join("\n    ");
}

/** The value that the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const milliseconds = (value: number): string => `${value < 100 ? value.toFixed(1) : count(value)} ms`;
