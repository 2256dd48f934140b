/** C4 reads stacks: so it is shown in every form of code and engine in which the library runs. */
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundle, openChromium, runInNode, type Browser } from "../support/chromium.js";
import observe, { type Observed } from "./c4-cases.js";

const ENTRY = 'export { default } from "./spec/browser/c4-cases.ts";';

const steps = ["step 1", "step 2", "step 3"];
const plainSteps = ["plain 1", "plain 2", "plain 3"];

/** What the rule says, by case. */
const RULE: Readonly<Record<string, readonly string[]>> = {
  "own finally, several steps": ["first", "second"],
  "own finally that calls a helper": [...plainSteps, "and goes on"],
  "delegated finally": [...steps, "caller cleaned"],
  "delegated finally in operation()": [...steps, "caller cleaned"],
  "delegated finally that delegates further": [],
  "operation() called from a finally's owner": ["inner 1", "inner 2", ...steps],
  "two waits on one line": ["one", "two"],
  ensure: [...steps, "caller cleaned", ...plainSteps, ...steps],
};

/** Without stacks each generator that delegates counts as one whose delegate yields. */
const FALLBACK = { ...RULE, "own finally that calls a helper": [] };

function expectRule(result: unknown, rule: Readonly<Record<string, readonly string[]>>): void {
  const observed = result as readonly Observed[];
  expect(Object.fromEntries(observed.map(({ name, events }) => [name, events]))).toEqual(rule);
  expect(new Set(observed.map(({ ended }) => ended))).toEqual(new Set(["cancelled"]));
}

/** Ways in which an engine, or a program, is without usable stacks; each is a script that runs first. */
const WITHOUT_STACKS: readonly (readonly [string, string])[] = [
  [
    "stackTraceLimit is 0 and cannot be set",
    'Object.defineProperty(Error, "stackTraceLimit", { value: 0, writable: false, configurable: false });',
  ],
  [
    "captureStackTrace is missing and stacks are no text",
    'delete Error.captureStackTrace; Object.defineProperty(Error, "prepareStackTrace", { value: () => 42, writable: false });',
  ],
  [
    "captureStackTrace is missing and stacks have no positions",
    'delete Error.captureStackTrace; Object.defineProperty(Error, "prepareStackTrace", { value: (error) => String(error), writable: false });',
  ],
  ["captureStackTrace does nothing", "Error.captureStackTrace = () => undefined;"],
];

/** Meddling with stacks that leaves them usable. */
const WITH_STACKS: readonly (readonly [string, string])[] = [
  ["nobody has touched them", ""],
  ["stackTraceLimit is 0", "Error.stackTraceLimit = 0;"],
  ["prepareStackTrace gives an object", "Error.prepareStackTrace = () => ({ frames: [] });"],
  ["prepareStackTrace gives nothing", "Error.prepareStackTrace = () => undefined;"],
  ["captureStackTrace is missing", "delete Error.captureStackTrace;"],
];

describe("C4 in plain Node", () => {
  it("performs what a delegate's finally waits for, and resumes no caller", async () => {
    expectRule(await observe(), RULE);
  });
});

describe("C4 where a minifier has inlined what takes the stack", () => {
  it("holds, however many frames of the library stand on top", async () => {
    const module = await bundle(ENTRY);
    const inlined = module.replace(
      "current.stack = capture();",
      "{ const holder = {}; Error.captureStackTrace(holder); current.stack = holder; }",
    );
    expect(inlined).not.toBe(module);
    expectRule(await runInNode(inlined), RULE);
    const wrapped = module.replace(
      "current.stack = capture();",
      "current.stack = (() => (() => capture())())();",
    );
    expect(wrapped).not.toBe(module);
    expectRule(await runInNode(wrapped), RULE);
  }, 30_000);
});

const builds = [
  ["bundled", false],
  ["bundled and minified", true],
] as const;

describe.each(builds)("C4 %s", (_, minify) => {
  let module: string;
  let browser: Browser;
  beforeAll(async () => {
    module = await bundle(ENTRY, { minify });
    browser = await openChromium();
  }, 120_000);
  afterAll(() => browser.close());

  it.each(WITH_STACKS)("holds in Node: %s", async (_name, before) => {
    expectRule(await runInNode(module, before), RULE);
  });

  it.each(WITHOUT_STACKS)("falls back to the safe side in Node: %s", async (_name, before) => {
    expectRule(await runInNode(module, before), FALLBACK);
  });

  it.each(WITH_STACKS)("holds in Chromium: %s", async (_name, before) => {
    expectRule(await browser.run(module, before), RULE);
  });

  it.each(WITHOUT_STACKS)("falls back to the safe side in Chromium: %s", async (_name, before) => {
    expectRule(await browser.run(module, before), FALLBACK);
  });
});
