import { describe, expect, it } from "@jest/globals";
import { sleep, timeout } from "coppice";
import { runTest } from "coppice/testing";
import type { Database } from "../database.js";
import { createTable } from "./inbox.js";

/** Has no rows, takes 100 ms for each statement, and writes down what each may take. */
const databaseThatNotes = (limits: number[]): Database => ({
  description: "a database",
  *query(_statement, _parameters, { timeoutMs }) {
    limits.push(timeoutMs);
    yield* sleep(100);
    return [];
  },
  execute: () => sleep(0),
  keepSession: () => sleep(0),
});

describe("the inbox in a table", () => {
  it("gives each statement what is left of the time for the work", () =>
    runTest(function* () {
      const limits: number[] = [];
      const inbox = createTable(databaseThatNotes(limits), { schema: "public", timeoutMs: 10_000 });
      expect(yield* timeout(1_000, inbox.once("id", sleep(300)))).toBe("done");
      expect(limits).toEqual([1_000, 600]);
    }));

  it("gives no statement more than the usual time", () =>
    runTest(function* () {
      const limits: number[] = [];
      const inbox = createTable(databaseThatNotes(limits), { schema: "public", timeoutMs: 10_000 });
      yield* inbox.once("id", sleep(300));
      expect(limits).toEqual([10_000, 10_000]);
    }));
});
