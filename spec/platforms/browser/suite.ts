/** Which of the core's specs run in a page, and the module that is made of them. */
import { join } from "node:path";
import { sourcesIn } from "../../support/sources.js";

const AREAS = ["bridges", "errors", "groups", "kernel", "operations", "rules", "streams", "sync"];

/**
 * What needs Node, directly or by what it imports: its modules, its process, its timers. Each of them says something
 * about Node, or looks through its windows; the rules are the same.
 */
const NODE =
  /from "node:|\bprocess\.|\bBuffer\b|\bgc\(|mock|"\.\.\/support\/(?:real-process|sources|type-check|docs|page-runs|chromium|servers)/;

/** What expects the names of files in stacks: in a page all is one bundle. */
const ABOUT_FILES = [
  "errorTrail › tells in debug mode at which line",
  "stack traces of our own errors › ",
  "debug mode › C4 warns of a delegate that waits",
  "a loop that goes back to where it was cut › C7 is named",
  "an escape to another wait › C7 is warned of",
  "cancel with a grace › C7 names the tasks that needed it",
];

export interface Suite {
  readonly files: readonly string[];
  readonly left: readonly string[];
}

/** The specs for a page, and those that are left out. */
export function suite(): Suite {
  const all = AREAS.flatMap((area) => sourcesIn(join("spec", area))).filter(({ file }) =>
    file.endsWith(".spec.ts"),
  );
  const needsNode = (text: string): boolean => NODE.test(text);
  return {
    files: all.filter(({ text }) => !needsNode(text)).map(({ file }) => file),
    left: all.filter(({ text }) => needsNode(text)).map(({ file }) => file),
  };
}

/** The source of a module that runs specs and gives the report. Loaded when called: nobody takes them for unused. */
export function entryOf(files: readonly string[]): string {
  return [
    'import { runSpecs } from "./spec/platforms/browser/jest-globals.ts";',
    "export default async () => {",
    ...files.map((file) => `  await import("./${file}");`),
    `  return runSpecs(${JSON.stringify(ABOUT_FILES)});`,
    "};",
  ].join("\n");
}
