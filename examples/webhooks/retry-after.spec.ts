import { describe, expect, it } from "@jest/globals";
import { attempt, now } from "coppice";
import { runTest } from "coppice/testing";
import { retryAfterOf } from "./retry-after.js";
import { LONGEST_PAUSE_MS, withRetries } from "./retry.js";

const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);
const HOUR_MS = 3_600_000;

describe("Retry-After", () => {
  it.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 30_000],
    ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
    ["86400", HOUR_MS],
    ["9".repeat(400), HOUR_MS],
    ["Sun, 06 Nov 2994 08:49:37 GMT", HOUR_MS],
    ["soon", 0],
    ["-5", 0],
    ["1.5", 0],
    ["Someday, GMT", 0],
    ["", 0],
    [undefined, 0],
  ])("%j is so many ms", (text, ms) => {
    expect(retryAfterOf(503, text, NOW)).toBe(ms);
  });

  it("counts with 429 and 503, and with nothing else", () => {
    expect([429, 503, 500, 413, 301].map((status) => retryAfterOf(status, "2"))).toEqual([
      2_000, 2_000, 0, 0, 0,
    ]);
  });
});

/** Fails each time with such an error, and writes down when. */
const failing = (times: number[], retryAfterMs: number) =>
  function* () {
    times.push(now());
    throw Object.assign(new Error("busy"), { retryAfterMs });
  };

describe("retries of what asks for time", () => {
  it("do not come before it", () =>
    runTest(function* () {
      const times: number[] = [];
      yield* attempt(withRetries(failing(times, LONGEST_PAUSE_MS), { delayMs: 1 }));
      expect(times).toEqual([0, 1, 2, 3].map((number) => number * LONGEST_PAUSE_MS));
    }));

  it("do not come any sooner for it either", () =>
    runTest(function* () {
      const times: number[] = [];
      yield* attempt(withRetries(failing(times, 1), { delayMs: 1_000 }));
      expect(times[1]).toBeGreaterThanOrEqual(600);
    }));

  it("are left to the outbox when it is long", () =>
    runTest(function* () {
      const times: number[] = [];
      const outcome = yield* attempt(withRetries(failing(times, LONGEST_PAUSE_MS + 1), { delayMs: 1 }));
      expect(outcome).toMatchObject({ ok: false, error: { message: "busy" } });
      expect(times).toEqual([0]);
    }));
});
