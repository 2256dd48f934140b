/** Links between the pages lead somewhere: to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";

const inFolders = ["docs", "examples", "benchmarks"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
);
const pages = [...readdirSync("."), ...inFolders].filter((file) => file.endsWith(".md"));
const LINK = /\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g;

function headingsOf(page: string): string[] {
  const lines = readFileSync(page, "utf8").replace(/^```[^]*?^```/gm, "");
  return [...lines.matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function broken(page: string): string[] {
  const text = readFileSync(page, "utf8").replace(/^```[^]*?^```/gm, "");
  return [...text.matchAll(LINK)].flatMap(([link, path = "", heading]) => {
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(target)) return [`${page}: ${link}: no such file`];
    if (heading === undefined || statSync(target).isDirectory()) return [];
    return headingsOf(target).includes(heading) ? [] : [`${page}: ${link}: no such heading`];
  });
}

describe("the links of the pages", () => {
  it("are many", () => {
    expect(pages.length).toBeGreaterThan(10);
  });

  it("lead to files and headings that are there", () => {
    expect(pages.flatMap(broken)).toEqual([]);
  });
});
