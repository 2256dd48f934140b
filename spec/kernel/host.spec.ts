import { afterAll, describe, expect, it } from "@jest/globals";
import { RealHost } from "../../lib/kernel/host.js";
import { bundleLibrary, removeBundles, runProgram } from "../support/real-process.js";

/** Waits as the host itself would: these specs are the few that are about real time. */
function called(register: (callback: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    register(resolve);
  });
}

afterAll(removeBundles);

describe("RealHost", () => {
  it("has a clock that does not go back", () => {
    const host = new RealHost();
    const times = Array.from({ length: 1_000 }, () => host.now());
    expect(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0))).toBe(true);
  });

  it("calls back once when the time has passed, as exactly as the host's timers are", async () => {
    const host = new RealHost();
    const begun = host.now();
    await called((callback) => host.setTimer(2.5, callback));
    // Node's come up to a millisecond early; the scheduler looks, and sets the timer again.
    expect(host.now() - begun).toBeGreaterThan(1.5);
  });

  it("keeps one timer: a new one takes the place of the old", async () => {
    const host = new RealHost();
    const log: string[] = [];
    host.setTimer(1, () => log.push("old"));
    await called((callback) => {
      host.setTimer(5, () => {
        log.push("new");
        callback();
      });
    });
    expect(log).toEqual(["new"]);
  });

  it("takes a timer back", async () => {
    const host = new RealHost();
    const log: string[] = [];
    host.setTimer(1, () => log.push("never"));
    host.clearTimer();
    host.clearTimer();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(log).toEqual([]);
  });

  it("does not fire at once for a time that host timers cannot take", async () => {
    const host = new RealHost();
    const log: string[] = [];
    host.setTimer(2 ** 31, () => log.push("at once"));
    host.setTimer(Number.MAX_VALUE, () => log.push("at once"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    host.clearTimer();
    expect(log).toEqual([]);
  });

  it("calls macrotasks back in order, after microtasks and with turns for the host in between", async () => {
    const host = new RealHost();
    const log: string[] = [];
    setImmediate(() => log.push("the host's own"));
    const first = called((callback) => {
      host.macrotask(() => {
        log.push("first");
        callback();
      });
    });
    const second = called((callback) => {
      host.macrotask(() => {
        log.push("second");
        callback();
      });
    });
    void Promise.resolve().then(() => log.push("microtask"));
    await Promise.all([first, second]);
    expect(log).toEqual(["microtask", "the host's own", "first", "second"]);
  });

  it("warns through the process, by a type of its own", async () => {
    const host = await bundleLibrary("host", "lib/kernel/host.ts");
    const text = `
      import { RealHost } from ${JSON.stringify(host)};
      process.on("warning", ({ name, message }) => console.log(name, message));
      new RealHost().warn("careful");`;
    await expect(runProgram(text, ["--no-warnings"])).resolves.toMatchObject({
      output: "CoppiceWarning careful\n",
    });
  });
});
