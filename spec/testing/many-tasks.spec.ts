import { describe, expect, it } from "@jest/globals";
import { operation, suspend, taskGroup } from "coppice";
import { DeadlockError, runTest } from "coppice/testing";

const park = operation(function* park() {
  yield* suspend();
});

describe("a report of very many tasks", () => {
  it("is made for more children than a call takes arguments", async () => {
    const stuck = runTest(
      taskGroup(function* (group) {
        for (let i = 0; i < 150_000; i++) group.spawn(park());
        yield* suspend();
      }),
    );
    await expect(stuck).rejects.toBeInstanceOf(DeadlockError);
  }, 60_000);
});
