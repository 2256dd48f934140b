import { describe, expect, it } from "@jest/globals";
import { checkpoint } from "../../lib/index.js";
import { steppedWorld } from "../support/step-host.js";

/** How long the scheduler goes on after a macrotask for which the host took its time. */
function sliceAfter(lateMs: number): number {
  const { host, run } = steppedWorld();
  void run(function* () {
    for (;;) {
      host.work(0.01);
      yield* checkpoint();
    }
  });
  host.work(lateMs);
  const before = host.time;
  host.turn();
  return host.time - before;
}

describe("a slice that begins late", () => {
  it("S4 is shorter by that, so that what came up meanwhile waits no longer", () => {
    expect(sliceAfter(0)).toBeCloseTo(8, 0);
    expect(sliceAfter(3)).toBeCloseTo(5, 0);
  });

  it("S4 is half as long at least, however busy the host is", () => {
    expect(sliceAfter(100)).toBeCloseTo(4, 0);
  });
});
