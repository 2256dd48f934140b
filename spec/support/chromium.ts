/**
 * Runs code outside of this process's module system: bundled by esbuild, in Debian's Chromium (headless) or in a fresh
 * Node. What runs is an ES module whose default export is a function; its result comes back as JSON.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";

/** How to bundle. */
export interface BundleOptions {
  readonly minify?: boolean;
  /** Whether functions keep their names where two have the same one. */
  readonly keepNames?: boolean;
  /** Modules that stand for others: `{ "@jest/globals": "/path/to/mine.ts" }`. */
  readonly alias?: Readonly<Record<string, string>>;
  readonly platform?: "browser" | "node";
}

const root = process.cwd();

/**
 * Bundles the text of a TypeScript module into one ES module. `coppice` and `coppice/testing` are the sources of this
 * repository; relative imports start at its root.
 */
export async function bundle(source: string, options: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts", sourcefile: "entry.ts" },
    alias: {
      "coppice/testing": join(root, "lib/testing/index.ts"),
      coppice: join(root, "lib/index.ts"),
      ...options.alias,
    },
    bundle: true,
    format: "esm",
    target: "es2022",
    platform: options.platform ?? "browser",
    minify: options.minify === true,
    keepNames: options.keepNames === true,
    write: false,
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** A browser that is open. */
export interface Browser {
  /** The name and version of the engine. */
  readonly version: string;
  /**
   * Loads a module in a page of its own and calls its default export.
   *
   * @param before - a script that runs in the page before the module is loaded
   * @throws when the function throws, or anything else in the page does and nobody sees it
   */
  run(module: string, before?: string): Promise<unknown>;
  close(): Promise<void>;
}

const CHROMIUM = "/usr/bin/chromium";

/** Starts Chromium, which `.ci/browser` installs where it is missing, or waits for who does: give it a minute. */
export async function openChromium(): Promise<Browser> {
  await promisify(execFile)(join(root, ".ci/browser"));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // In a container there is one user, and no room for the browser's own sandbox.
    args: ["--no-sandbox"],
  });
  return {
    version: `Chromium ${browser.version()}`,
    close: () => browser.close(),
    async run(module, before = "") {
      const page = await browser.newPage();
      try {
        return await runInPage(page, module, before);
      } finally {
        await page.close();
      }
    },
  };
}

// Never looked up: all requests are answered here.
const ORIGIN = "http://coppice.test";

async function runInPage(page: Page, module: string, before: string): Promise<unknown> {
  const unseen: Error[] = [];
  page.on("pageerror", (error) => unseen.push(error));
  await page.route(`${ORIGIN}/**`, (route) => {
    const isModule = route.request().url().endsWith("/bundle.js");
    return route.fulfill(
      isModule
        ? { contentType: "text/javascript", body: module }
        : { contentType: "text/html", body: `<!doctype html><script>${before}</script>` },
    );
  });
  await page.goto(`${ORIGIN}/`);
  const result: unknown = await page.evaluate('import("/bundle.js").then((module) => module.default())');
  if (unseen.length > 0) throw new AggregateError(unseen, "Something failed in the page and nobody saw it.");
  return result;
}

/** Loads a module in a fresh Node and calls its default export; `before` as in a browser. */
export async function runInNode(
  module: string,
  before = "",
  flags: readonly string[] = [],
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "coppice-"));
  try {
    const main = join(folder, "main.mjs");
    await writeFile(join(folder, "bundle.mjs"), module);
    await writeFile(
      main,
      `${before}\nconst { default: run } = await import("./bundle.mjs");\nconsole.log(JSON.stringify(await run()));\n`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, main], { timeout: 60_000 });
    return JSON.parse(stdout) as unknown;
  } finally {
    await rm(folder, { recursive: true });
  }
}
