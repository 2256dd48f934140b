import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, it } from "@jest/globals";
import { all, checkpoint } from "coppice";
import "coppice/node";
import { explore } from "coppice/testing";

describe("explore, where tasks keep the store that they were started with", () => {
  it("still explores a small operation whole: keeping one calls for nothing outside", async () => {
    const store = new AsyncLocalStorage<string>();
    const report = await store.run("request 7", () =>
      explore(() => all([checkpoint(), checkpoint()]), { runs: 1_000 }),
    );
    expect(report).toMatchObject({ isComplete: true });
  });
});
