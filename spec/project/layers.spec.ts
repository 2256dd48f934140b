import { describe, expect, it } from "@jest/globals";
import { importsOf, sourcesIn, withoutComments, type Source } from "../support/sources.js";

/** What each area may stand on; the face, `lib/index.ts`, on all that browsers can load. */
const layers: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  kernel: ["errors"],
  operations: ["kernel", "errors"],
  sync: ["kernel", "errors", "operations"],
  groups: ["kernel", "errors", "operations", "sync"],
  streams: ["kernel", "errors", "operations", "sync"],
  bridges: ["kernel", "errors", "operations", "sync", "groups", "streams"],
  report: ["kernel", "errors"],
  node: ["kernel", "errors", "operations", "sync", "groups", "streams", "bridges", "report"],
  testing: ["kernel", "errors"],
  inspect: ["kernel", "errors"],
  effection: ["face"],
  face: ["kernel", "errors", "operations", "sync", "groups", "streams", "bridges"],
};
/** The packages that areas beyond the core stand on: optional peers, the user's to install. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  node: ["piscina"],
  effection: ["effection"],
  // Their types are augmented, where they are there; nothing of them is loaded.
  testing: ["expect", "vitest"],
};
/** Where Node's own modules may be imported. */
const forNode = ["node", "testing", "inspect"];

const sources = sourcesIn("lib");

function areaOf(file: string): string {
  const [, area, inside] = file.split("/");
  return inside === undefined || area === undefined ? "face" : area;
}

/** Pairs of files, of those imports that a rule refuses. */
function breaches(all: readonly Source[], isRefused: (from: string, to: string) => boolean): string[] {
  return all.flatMap(({ file, imports }) =>
    imports.flatMap((each) =>
      each.file !== null && isRefused(file, each.file) ? [`${file} -> ${each.file}`] : [],
    ),
  );
}

const isUpward = (from: string, to: string): boolean => {
  const [area, other] = [areaOf(from), areaOf(to)];
  return area !== other && layers[area]?.includes(other) !== true;
};

const isAroundTheDoor = (from: string, to: string): boolean =>
  areaOf(from) !== areaOf(to) && !to.endsWith("/index.ts");

/** The rings of imports, each as the path that closes. */
function rings(all: readonly Source[]): string[] {
  const importsBy = new Map(
    all.map(({ file, imports }) => [file, imports.flatMap((each) => each.file ?? [])]),
  );
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    for (const next of importsBy.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of importsBy.keys()) visit(file, []);
  return found;
}

/** The host's clock, timers and macrotasks, by whatever name. */
const outside =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|MessageChannel|process \. nextTick|performance \. now|Date \. now|new Date)\b/;

describe("the layers of lib", () => {
  it("are all known: a new area is given its place here", () => {
    const unknown = sources.map(({ file }) => areaOf(file)).filter((area) => !(area in layers));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it("import downwards only, types included", () => {
    expect(breaches(sources, isUpward)).toEqual([]);
  });

  it("are entered by their index.ts", () => {
    expect(breaches(sources, isAroundTheDoor)).toEqual([]);
  });

  it("have no rings of imports, types included", () => {
    expect(rings(sources)).toEqual([]);
  });

  it("import files that exist, by names that end in .js", () => {
    const known = new Set(sources.map(({ file }) => file));
    const wrong = sources.flatMap(({ file, imports }) =>
      imports
        .filter((each) => each.file !== null && (!known.has(each.file) || !each.specifier.endsWith(".js")))
        .map(({ specifier }) => `${file} -> ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("need no package, and Node's modules only where Node is", () => {
    const packages = sources.flatMap(({ file, imports }) =>
      imports
        .filter(
          (each) =>
            each.file === null &&
            !(each.specifier.startsWith("node:") && forNode.includes(areaOf(file))) &&
            packagesOf[areaOf(file)]?.includes(each.specifier) !== true,
        )
        .map(({ specifier }) => `${file} -> ${specifier}`),
    );
    expect(packages).toEqual([]);
  });

  it("touch the clock, timers and macrotasks in kernel/host.ts alone", () => {
    // The testing library looks at the timers of the code under test, by their names; a call into another thread
    // talks to it over a channel, which is no macrotask there.
    const touching = sources.filter(
      ({ file, text }) =>
        areaOf(file) !== "testing" &&
        outside.test(
          file === "lib/node/threaded.ts"
            ? withoutComments(text).replaceAll("MessageChannel", "")
            : withoutComments(text),
        ),
    );
    expect(touching.map(({ file }) => file)).toEqual(["lib/kernel/host.ts"]);
  });
});

describe("the check of the layers", () => {
  const made = (file: string, text: string): Source => ({ file, text, imports: importsOf(file, text) });

  it("sees an import upwards, of a type, and around the door", () => {
    const kernel = made("lib/kernel/task.ts", `import type { sleep } from "../operations/sleep.js";`);
    expect(breaches([kernel], isUpward)).toEqual(["lib/kernel/task.ts -> lib/operations/sleep.ts"]);
    expect(breaches([kernel], isAroundTheDoor)).toEqual(["lib/kernel/task.ts -> lib/operations/sleep.ts"]);
  });

  it("sees a ring, also by a re-export and by import()", () => {
    const a = made("lib/sync/a.ts", `export { b } from "./b.js";`);
    const b = made("lib/sync/b.ts", `const c = import("./c.js");`);
    const c = made("lib/sync/c.ts", `import type { A } from "./a.js";`);
    expect(rings([a, b, c])).toEqual(["lib/sync/a.ts -> lib/sync/b.ts -> lib/sync/c.ts -> lib/sync/a.ts"]);
  });

  it("sees a timer in code and none in a comment", () => {
    expect(outside.test(withoutComments("function nap() { setTimeout(wake, 5); }"))).toBe(true);
    expect(outside.test(withoutComments("const since = `${name} at ${Date.now()}`;"))).toBe(true);
    expect(outside.test(withoutComments("// setTimeout\n/* Date.now() */ const x = 1;"))).toBe(false);
  });
});
