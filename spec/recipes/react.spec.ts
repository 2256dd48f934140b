import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundle, openChromium, type Browser } from "../support/chromium.js";
import { blocksOf, nameOf, runnable } from "../support/docs.js";

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
}, 60_000);
afterAll(() => browser.close());

/** What a page's code expects to find: the console that is told the line, and React its mode. */
const before = (name: string): string => `
  globalThis.process = { env: { NODE_ENV: "development" } };
  globalThis.printed = [];
  const at = (line) => ({ log: (...values) => void printed.push([line, values.join(" ")]) });
  globalThis[Symbol.for("coppice.docs")] = new Map([[${JSON.stringify(name)}, { at }]]);
`;

describe("the page on React", () => {
  it.each(blocksOf("docs/recipes/react.md").map((block) => [nameOf(block), block] as const))(
    "does what it says in a browser: %s",
    async (name, block) => {
      const page = await bundle(`${runnable(block)}\nexport default () => globalThis.printed;`);
      const claimed = block.claims.map(({ line, expected }) => [line, expected]);
      expect(await browser.run(page, before(name))).toEqual(claimed);
    },
    60_000,
  );
});
