import { describe, expect, it } from "@jest/globals";
import { sleep } from "coppice";
import { simulate } from "./support/virtual.js";

describe("virtual time", () => {
  it("jumps over an hour of sleep", async () => {
    await expect(
      simulate(function* () {
        yield* sleep(3_600_000);
        return 1;
      }),
    ).resolves.toBe(1);
  });
});
