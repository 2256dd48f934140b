import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import * as face from "coppice";
import ts from "typescript";

/** Whoever changes the face says so here. */
const VALUES = [
  "Barrier",
  "Broadcast",
  "BrokenBarrierError",
  "CancelledError",
  "ChannelBroken",
  "ChannelClosed",
  "ChannelEnded",
  "CleanupError",
  "Condition",
  "Event",
  "EventOverflow",
  "ExceptionGroup",
  "LifoQueue",
  "Limiter",
  "Lock",
  "PriorityQueue",
  "Queue",
  "QueueShutDown",
  "RateLimit",
  "Receiver",
  "Scope",
  "Semaphore",
  "Sender",
  "SlowSubscriberError",
  "Subscription",
  "TimeoutError",
  "Wait",
  "abandonedWork",
  "action",
  "addNote",
  "all",
  "allSettled",
  "any",
  "attempt",
  "call",
  "cancelScope",
  "cancellation",
  "checkpoint",
  "createChannel",
  "createContext",
  "createScope",
  "deadline",
  "describeError",
  "each",
  "ensure",
  "errorTrail",
  "except",
  "forEach",
  "interval",
  "map",
  "notesOf",
  "now",
  "on",
  "once",
  "operation",
  "race",
  "resource",
  "retry",
  "run",
  "scoped",
  "select",
  "shield",
  "sleep",
  "sleepUntil",
  "spawn",
  "supervise",
  "suspend",
  "taskGroup",
  "timeout",
  "timeoutAt",
  "toAsync",
  "toAsyncIterable",
  "until",
  "unwrap",
  "use",
  "useAbortSignal",
  "useScope",
  "useWriter",
  "waiting",
  "withResolvers",
];
const TYPES = [
  "AbandonedWork",
  "AsyncOptions",
  "Attempt",
  "Attempts",
  "BackoffOptions",
  "BarrierStatistics",
  "Borrower",
  "BroadcastOptions",
  "BroadcastStatistics",
  "CallOptions",
  "CancelOptions",
  "CancelScope",
  "CancelScopeOptions",
  "Cancellation",
  "CancellationKind",
  "ChannelOptions",
  "ChannelStatistics",
  "Child",
  "ChildOptions",
  "Clause",
  "ConditionOptions",
  "ConditionStatistics",
  "Context",
  "DescribeOptions",
  "EachOptions",
  "Emit",
  "EmitterLike",
  "ErrorClass",
  "ErrorFilter",
  "ErrorJson",
  "EventOf",
  "EventQueue",
  "EventStatistics",
  "Future",
  "Gettable",
  "GroupOf",
  "Handler",
  "Instruction",
  "Interval",
  "Leaf",
  "Limitable",
  "LimiterStatistics",
  "LockStatistics",
  "Loop",
  "MapOptions",
  "OnOptions",
  "Operable",
  "Operation",
  "Overflow",
  "Passed",
  "PriorityQueueOptions",
  "Provide",
  "QueueOptions",
  "QueueStatistics",
  "RateLimitOptions",
  "RateLimitStatistics",
  "RestartOptions",
  "Results",
  "RetryOptions",
  "RunOptions",
  "SelectedIndex",
  "SelectedName",
  "SemaphoreOptions",
  "SemaphoreStatistics",
  "Source",
  "SpawnOptions",
  "Startable",
  "Started",
  "Steps",
  "StreamSource",
  "Subscribable",
  "SubscriptionOptions",
  "SubscriptionStatistics",
  "Supervisor",
  "SupervisorEvent",
  "SupervisorOptions",
  "Takeable",
  "Task",
  "TaskGroup",
  "TaskGroupOptions",
  "TaskSince",
  "TaskState",
  "TimeoutOptions",
  "WaitDescription",
  "WithResolvers",
  "Writer",
  "WriterOptions",
];

interface Package {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly sideEffects: readonly string[];
  readonly type: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Package;

/** The names that an index file exports, types apart. */
function exportsOf(file: string): { values: string[]; types: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const [values, types]: [string[], string[]] = [[], []];
  for (const statement of source.statements) {
    if (
      !ts.isExportDeclaration(statement) ||
      statement.exportClause === undefined ||
      !ts.isNamedExports(statement.exportClause)
    )
      continue;
    for (const { name, isTypeOnly } of statement.exportClause.elements)
      (statement.isTypeOnly || isTypeOnly ? types : values).push(name.text);
  }
  return { values: values.sort(), types: types.sort() };
}

describe("the public face of coppice", () => {
  const { values, types } = exportsOf("lib/index.ts");

  it("exports these functions and classes, and nothing else", () => {
    expect(values).toEqual(VALUES);
  });

  it("exports these types, and nothing else", () => {
    expect(types).toEqual(TYPES);
  });

  it("has at run time what its source says, each name defined", () => {
    expect(Object.keys(face).sort()).toEqual(values);
    expect(Object.entries(face).filter(([, value]) => (value as unknown) === undefined)).toEqual([]);
  });

  it("names every export in its own line of source: no export *", () => {
    expect(readFileSync("lib/index.ts", "utf8")).not.toMatch(/export \*/);
  });
});

describe("package.json", () => {
  const entries = Object.entries(manifest.exports).filter(([, target]) => typeof target !== "string");

  it.each(entries)("resolves %s to a file that the build makes", (_, target) => {
    const { types, node, default: code } = target as { types: string; node: string; default: string };
    expect(existsSync(code.replace("./dist/", "lib/").replace(/\.js$/, ".ts"))).toBe(true);
    expect(node).toBe(code.replace("./dist/", "./dist/bundle/"));
    expect(types).toBe(code.replace(/\.js$/, ".d.ts"));
  });

  it("is ESM, free of side effects but where Node's stores are kept, and depends on nothing", () => {
    expect([manifest.type, manifest.sideEffects, manifest.dependencies]).toEqual([
      "module",
      ["./dist/node/index.js", "./dist/bundle/node/index.js"],
      undefined,
    ]);
  });

  it("ships the build and no sources", () => {
    expect(manifest.files).toEqual(["dist", "CHANGELOG.md"]);
  });

  it("gives browsers a bundle without Node's modules", () => {
    const flags = ["--bundle", "--format=esm", "--platform=browser", "--target=es2022", "--log-level=error"];
    const bundle = execFileSync("node_modules/.bin/esbuild", ["lib/index.ts", ...flags], {
      encoding: "utf8",
    });
    expect(bundle).not.toMatch(/from "(?:node:|[a-z@])/);
    expect(bundle).toMatch(/export \{/);
    // What is of use only where our files are loaded as they are.
    expect(bundle).not.toMatch(/unbundled|debug-mode|own-frames/);
  });
});
