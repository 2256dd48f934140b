import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blocksIn, blocksOf, nameOf, type Block } from "../support/docs.js";
import { fileOf, perform, removeRuns } from "../support/page-runs.js";
import { filesIn } from "../support/sources.js";
import { findingsOf, programOf } from "../support/type-check.js";

const pages = [
  ...(existsSync("README.md") ? ["README.md"] : []),
  ...filesIn("docs").filter((file) => file.endsWith(".md")),
];
/** Pages that need servers: `spec/recipes` runs them. */
const isRecipe = (page: string): boolean => page.startsWith("docs/recipes/");

/** Type-checks blocks, all in one program; findings name the page and its line. */
function check(blocks: readonly Block[]): ReadonlyMap<Block, readonly string[]> {
  // `export {}` makes a module of a block without imports.
  const texts = new Map(blocks.map((block) => [fileOf(block), `${block.code}\nexport {};\n`]));
  const program = programOf([], { texts, isStrictAboutUnused: false });
  return new Map(
    blocks.map((block) => {
      const file = fileOf(block);
      return [block, findingsOf(program, [file]).map((finding) => finding.replace(file, block.page))];
    }),
  );
}

afterAll(removeRuns);

const fence = "```";
const page = (...lines: string[]): Block[] => blocksIn("docs/example.md", lines.join("\n"));

describe("the code in the documentation", () => {
  const blocks = pages.flatMap(blocksOf);
  const wrongTypes = page(
    "# Title",
    "",
    `${fence}ts`,
    `import { run, sleep } from "coppice";`,
    "await run(function* () {",
    "  yield sleep(1);",
    "});",
    fence,
  );
  let findings: ReadonlyMap<Block, readonly string[]> = new Map();
  beforeAll(() => {
    findings = check([...blocks, ...wrongTypes]);
  }, 120_000);

  it.each(blocks.map((block) => [nameOf(block), block] as const))(
    "is right: %s",
    async (_, block) => {
      expect(block.faults).toEqual([]);
      expect(findings.get(block)).toEqual([]);
      if (block.isRun && !isRecipe(block.page)) expect(await perform(block)).toEqual([]);
      // The first block of an area compiles it.
    },
    30_000,
  );

  it("is type-checked: an error is found, at the line of the page", () => {
    const found = wrongTypes.flatMap((block) => findings.get(block) ?? []);
    expect(found.map((finding) => finding.split(" ")[0])).toEqual(["docs/example.md:5"]);
  });

  it("is run by a spec of its own where it needs more than this process", () => {
    const recipes = pages.filter((page) => isRecipe(page) && blocksOf(page).some(({ isRun }) => isRun));
    const specs = recipes.map((page) => page.replace("docs/", "spec/").replace(/\.md$/, ".spec.ts"));
    expect(specs.filter((spec) => !existsSync(spec))).toEqual([]);
  });

  it("is written in blocks that begin with ts: other words for it would not be run", () => {
    const unseen = pages.filter((page) =>
      /^\s*```+(?:typescript|tsx|mts|javascript|js|mjs)\b/im.test(readFileSync(page, "utf8")),
    );
    expect(unseen).toEqual([]);
  });
});

describe("the check of the documentation", () => {
  const block = (...lines: string[]): Block => {
    const [only] = page(`${fence}ts`, ...lines, fence);
    if (only === undefined) throw new Error("There is no block.");
    return only;
  };

  it("takes ts blocks only, at the lines of the page", () => {
    const found = page(
      "# Title",
      "",
      `${fence}ts`,
      "const x = 1;",
      fence,
      `${fence}python`,
      "x = 1",
      fence,
      `${fence}ts no-run`,
      "serve();",
      fence,
    );
    expect(found.map(({ line, isRun, code }) => [line, isRun, code.trim()])).toEqual([
      [4, true, "const x = 1;"],
      [10, false, "serve();"],
    ]);
  });

  it("joins a continued block to the one before it", () => {
    const found = page(
      `${fence}ts`,
      "const x = 1;",
      fence,
      "text",
      `${fence}ts continued`,
      "console.log(x); // => 1",
      fence,
    );
    expect(found.map(({ line, claims, faults }) => ({ line, claims, faults }))).toEqual([
      { line: 2, claims: [{ line: 6, expected: "1" }], faults: [] },
    ]);
  });

  it("refuses words that it does not know, and claims that nothing can prove", () => {
    const [unknown] = page(`${fence}ts norun`, "const x = 1;", fence);
    const [alone] = page(`${fence}ts continued`, "const x = 1;", fence);
    expect([unknown?.faults, alone?.faults, block("const x = 1; // => 1").faults]).toEqual([
      ['unknown word "norun" after ts'],
      ["continued, but nothing stands before it"],
      ['line 2: "// =>" without a console.log that ends there'],
    ]);
  });

  it("runs a block with top-level await against the library, and compares what it prints", async () => {
    const right = block(
      `import { run, sleep } from "coppice";`,
      `const answer = await run(function* () { yield* sleep(1); return { value: 42 }; });`,
      `console.log(answer); // => { value: 42 }`,
      `for (const n of [1, 2]) console.log("n", n); // => n 1, n 2`,
      `console.log(`,
      `  "over several lines",`,
      `); // => over several lines`,
    );
    await expect(perform(right)).resolves.toEqual([]);
  });

  it("finds a line that prints something else, or never runs", async () => {
    const wrong = block(`console.log(1 + 1); // => 3`, `if (1 > 2) console.log("never"); // => never`, ``);
    await expect(perform(wrong)).resolves.toEqual([
      "line 2 prints 2, and not 3",
      "line 3 prints nothing, and not never",
    ]);
  });

  it("fails for a block that throws", async () => {
    await expect(perform(block(``, `throw new Error("from the page");`))).rejects.toThrow("from the page");
  });
});
