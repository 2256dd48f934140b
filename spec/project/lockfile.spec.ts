import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";

/** Put together here, so that this file does not hold what it looks for. */
const publicRegistry = ["registry", "npmjs", "org"].join(".");

/** The host names of registries: the public one, and the one that this machine is set up for. */
function registryHosts(): string[] {
  const configured = process.env["npm_config_registry"];
  const host = configured === undefined ? "" : new URL(configured).host;
  return [publicRegistry, host].filter((name) => name !== "");
}

function trackedFiles(): string[] {
  return execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "");
}

function holding(file: string, texts: readonly string[]): boolean {
  try {
    const content = readFileSync(file, "latin1");
    return texts.some((text) => content.includes(text));
  } catch {
    // Listed and not there: removed in the working tree.
    return false;
  }
}

describe("package-lock.json", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
  };

  it("says what to install, and not where it once came from", () => {
    const withAddress = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(withAddress.map(([name]) => name)).toEqual([]);
  });

  it("locks every package by its hash", () => {
    const loose = Object.entries(lock.packages).filter(
      ([name, { integrity, link }]) => name !== "" && integrity === undefined && link !== true,
    );
    expect(loose.map(([name]) => name)).toEqual([]);
  });
});

describe("the tracked files", () => {
  it("name no registry", () => {
    const hosts = registryHosts();
    expect(trackedFiles().filter((file) => holding(file, hosts))).toEqual([]);
  });
});
