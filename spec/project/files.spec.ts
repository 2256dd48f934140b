import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { filesIn, sourcesIn } from "../support/sources.js";

const LONGEST = 250;
/** Where the hot path wants one object to hold what belongs together, and the parts to see one another. */
const LONGER: Readonly<Record<string, number>> = {
  "lib/kernel/instruction.ts": 305,
  "lib/kernel/scheduler.ts": 335,
  "lib/kernel/tree.ts": 310,
};
const sources = sourcesIn("lib");

describe("the files of lib", () => {
  it(`have at most ${LONGEST} lines: one noun or one verb each`, () => {
    const long = sources
      .map(({ file, text }) => ({ file, lines: text.trimEnd().split("\n").length }))
      .filter(({ file, lines }) => lines > (LONGER[file] ?? LONGEST))
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  it("stand in folders that have an index.ts", () => {
    const folders = readdirSync("lib", { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !existsSync(`lib/${name}/index.ts`)).map(({ name }) => name)).toEqual(
      [],
    );
  });

  it("have names in kebab-case, without words that say nothing", () => {
    const names = filesIn("lib").map((file) => file.split("/").at(-1) ?? "");
    const wrong = names.filter(
      (name) =>
        !/^[a-z]+(?:-[a-z]+)*\.ts$/.test(name) ||
        /\b(?:utils?|helpers?|common|misc|manager|data)\b/.test(name),
    );
    expect(wrong).toEqual([]);
  });

  it("export by name, and re-export only in an index.ts", () => {
    const byDefault = sources.filter(({ text }) => /^export default\b/m.test(text)).map(({ file }) => file);
    const reExporting = sources
      .filter(
        ({ file, text }) => !file.endsWith("index.ts") && /^export (?:type )?[{*][^;]*from /m.test(text),
      )
      .map(({ file }) => file);
    expect([byDefault, reExporting]).toEqual([[], []]);
  });

  it("say in their first line what they are", () => {
    const silent = sources.filter(
      ({ file, text }) => !file.endsWith("index.ts") && !/^(?:\/\*\*|import )/.test(text),
    );
    expect(silent.map(({ file }) => file)).toEqual([]);
  });

  it("hold no unfinished business", () => {
    const unfinished = sources.filter(({ text }) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(text));
    expect(unfinished.map(({ file }) => file)).toEqual([]);
  });
});

describe("the specs", () => {
  it("skip nothing, and run all", () => {
    const skipping = sourcesIn("spec").filter(({ text }) =>
      new RegExp(
        String.raw`\b(?:describe|it|test)\.(?:skip|only|todo)(?:\.each\b|\()|\b(?:x|f)(?:it|describe)\(`,
      ).test(text),
    );
    expect(skipping.map(({ file }) => file)).toEqual([]);
  });
});
