import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blocksOf, nameOf, PageConsole, runnable } from "../support/docs.js";
import { bundleLibrary, removeBundle, runProgram } from "./program.js";

beforeAll(bundleLibrary, 60_000);
afterAll(removeBundle);

/** Code that starts threads needs the library as it is built: it runs as a program. */
const blocks = blocksOf("docs/node.md").filter(({ isRun, claims }) => !isRun && claims.length > 0);

const console = `
  import { inspect } from "node:util";
  const shown = (value) => typeof value === "string" ? value : inspect(value, { compact: true, breakLength: Infinity });
  const at = (line) => ({ log: (...values) => void process.stdout.write(JSON.stringify([line, values.map(shown).join(" ")]) + "\\n") });
  globalThis[Symbol.for("coppice.docs")] = { get: () => ({ at }) };
`;

describe("the page on programs for Node", () => {
  it("has code that runs as a program", () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  it.each(blocks.map((block) => [nameOf(block), block] as const))(
    "does what it says: %s",
    async (_, block) => {
      const code = runnable(block).replaceAll(/from "coppice(?:\/node)?"/g, 'from "library"');
      const { output, errors } = await runProgram(console + code);
      const own = new PageConsole();
      for (const line of output.trim().split("\n")) {
        const [at, text] = JSON.parse(line) as [number, string];
        own.at(at).log(text);
      }
      expect([own.broken(block.claims), errors]).toEqual([[], ""]);
    },
    60_000,
  );
});
