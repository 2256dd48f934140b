import { describe, expect, it } from "@jest/globals";
import { checkPrograms } from "./check-programs.js";

const PROGRAMS = 10_000;

describe("a generated program", () => {
  it(`keeps all laws, and does what the rules say, line by line: ${PROGRAMS} of them`, () => {
    const { programs, failure } = checkPrograms(PROGRAMS);
    expect(failure?.report ?? "all laws kept").toBe("all laws kept");
    expect(programs).toBe(PROGRAMS);
  }, 180_000);
});
