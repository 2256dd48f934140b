import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { findingsOf, programOf } from "../support/type-check.js";

const files = readdirSync("spec/types")
  .filter((name) => name.endsWith(".types.ts"))
  .map((name) => `spec/types/${name}`);

const wrong = "spec/types/wrong.types.ts";
const wrongText = [
  `import { sleep } from "coppice";`,
  `import { exactly } from "./expect.js";`,
  `export function* wrong() {`,
  `  exactly<number>()(yield* sleep(1));`,
  `  // @ts-expect-error -- nothing is wrong here`,
  `  sleep(1);`,
  `}`,
].join("\n");

describe("the types", () => {
  let program: ReturnType<typeof programOf> | undefined;
  const findings = (which: readonly string[]) =>
    findingsOf((program ??= programOf(files, { texts: new Map([[wrong, wrongText]]) })), which);

  it("infer and refuse what the files here say, line by line", () => {
    expect(findings(files)).toEqual([]);
  }, 60_000);

  it("are checked: a wrong expectation of either kind is found", () => {
    expect(findings([wrong]).map((line) => line.split(" ")[0])).toEqual([`${wrong}:4`, `${wrong}:5`]);
  }, 60_000);

  it("are said to do so in at least 80 lines of either kind", () => {
    const text = files.map((file) => readFileSync(file, "utf8")).join("");
    const accepted = text.match(/\b(?:exactly|isTrue)</g)?.length ?? 0;
    const refused = text.match(/@ts-expect-error/g)?.length ?? 0;
    expect([accepted >= 80, refused >= 80]).toEqual([true, true]);
  });
});
