import { describe, expect, it } from "@jest/globals";
import { mistakes } from "./broken.js";
import { checkPrograms } from "./check-programs.js";

const ENOUGH = 3_000;

/** What is wrong with programs in a runtime with a mistake. */
function violationsWith(make: () => () => void): readonly string[] {
  const repair = make();
  try {
    return checkPrograms(ENOUGH, { seed: 1, shrinks: false }).failure?.violations ?? [];
  } finally {
    repair();
  }
}

describe("a runtime with one mistake", () => {
  it.each(mistakes.map(({ name, make }) => [name, make] as const))(
    "is found by the laws: %s",
    (_, make) => {
      expect(violationsWith(make)).not.toEqual([]);
    },
    60_000,
  );

  it("is right again afterwards", () => {
    expect(violationsWith(() => () => undefined)).toEqual([]);
  }, 60_000);
});
