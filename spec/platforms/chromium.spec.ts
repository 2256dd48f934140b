/** The core's specs in a browser: the same files, bundled, with a small stand-in for Jest. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { bundle, openChromium, type Browser } from "../support/chromium.js";
import { entryOf, suite } from "./browser/suite.js";
import type { Report } from "./browser/jest-globals.js";

/** Node's macrotask, of which the specs' virtual clock is made, out of a browser's. */
const PAGE = `
  globalThis.global = globalThis;
  globalThis.process = { env: {}, platform: "browser", stdout: {}, versions: {}, emitWarning() {}, cwd: () => "/" };
  {
    const channel = new MessageChannel();
    const waiting = new Map();
    let last = 0;
    channel.port1.onmessage = ({ data }) => {
      const callback = waiting.get(data);
      waiting.delete(data);
      callback?.();
    };
    globalThis.setImmediate = (callback, ...args) => {
      waiting.set(++last, () => callback(...args));
      channel.port2.postMessage(last);
      return last;
    };
    globalThis.clearImmediate = (id) => waiting.delete(id);
  }
`;

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
}, 120_000);
afterAll(() => browser.close());

describe("the core's specs in Chromium", () => {
  const { files, left } = suite();

  it("are most of them", () => {
    expect(files.length).toBeGreaterThan(4 * left.length);
  });

  it("pass", async () => {
    const here = (name: string) => join(process.cwd(), "spec/platforms/browser", name);
    const standIns = here("stand-ins.ts");
    const alias = {
      "@jest/globals": here("jest-globals.ts"),
      "jest-util": standIns,
      "jest-message-util": standIns,
      chalk: standIns,
    };
    const module = await bundle(entryOf(files), { alias, keepNames: true });
    // What a page sends over is what it was written as.
    const { passed, failed } = (await browser.run(module, PAGE)) as Report;
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(1_000);
  }, 300_000);
});
