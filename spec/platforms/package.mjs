/**
 * Checks the package as users get it: `npm run test:package` builds and packs it, has publint and
 * @arethetypeswrong/cli look at it, installs it into an empty project, and loads each entry with `import` and with
 * `require` on the oldest supported Node and on this one.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { binaryOf } from "./binaries.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const OLDEST = "20.19.0";

function run(command, args, cwd = root) {
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}

function tool(name, ...args) {
  console.log(`== ${name}`);
  run(process.execPath, [join(root, "node_modules", ...name.split(":")), ...args]);
}

/** Unpacks the package into a project of its own; its optional peers are those of this repository. */
function install(tarball, folder) {
  const modules = join(folder, "node_modules");
  mkdirSync(modules, { recursive: true });
  run("tar", ["-xzf", tarball, "-C", modules]);
  execFileSync("mv", [join(modules, "package"), join(modules, "coppice")]);
  for (const peer of ["effection", "piscina"]) {
    symlinkSync(join(root, "node_modules", peer), join(modules, peer));
  }
}

const LOADS = `
  const entries = Object.keys(require("coppice/package.json").exports).filter((name) => name !== "./package.json");
  const { run, sleep } = require("coppice");
  (async () => {
    for (const entry of entries) {
      const name = "coppice" + entry.slice(1);
      const [required, imported] = [require(name), await import(name)];
      if (Object.keys(imported).some((key) => required[key] !== imported[key])) throw new Error(name + " is two modules");
      console.log(process.version, name, Object.keys(imported).length, "names, required and imported");
    }
    if ((await run(function* () { yield* sleep(1); return 42; })) !== 42) throw new Error("run() gave something else");
    try {
      sleep(-1);
    } catch ({ stack }) {
      // Our own frames are cut off, which goes by where our files lie.
      if (!stack.split("\\n")[1].includes("load.cjs")) throw new Error("a stack begins in our code: " + stack);
    }
  })();
`;

const STALLS = `
  import { ensure, retry, suspend } from "coppice";
  import { main } from "coppice/node";
  setImmediate(() => process.kill(process.pid, "SIGTERM"));
  const failing = function* () { throw new Error("again"); };
  await main(function* () {
    try { yield* suspend(); } finally { yield* retry(failing, { attempts: 2, delay: 60_000 }); }
  }, { grace: 50 });
`;

/** The report of where cleanup stands shows the user's lines alone, which goes by where our files lie, too. */
function checkReport(file) {
  const { stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  if (!stderr.includes("stalls.mjs:7:") || stderr.includes("coppice/dist"))
    throw new Error(`a report shows our code, or not the user's: ${stderr}`);
  console.log("A report shows the user's lines alone.");
}

const folder = mkdtempSync(join(tmpdir(), "coppice-package-"));
try {
  run("npm", ["run", "--silent", "build"]);
  run("npm", ["pack", "--silent", "--pack-destination", folder]);
  const tarball = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz")),
  );
  tool("publint:src:cli.js", "run", tarball, "--strict");
  // The package is ESM: CommonJS gets it by require(esm), which the oldest supported Node has.
  tool(
    "@arethetypeswrong:cli:dist:index.js",
    tarball,
    "--profile",
    "node16",
    "--ignore-rules",
    "cjs-resolves-to-esm",
  );
  console.log("== require and import");
  install(tarball, folder);
  writeFileSync(join(folder, "load.cjs"), LOADS);
  for (const node of [binaryOf(OLDEST), process.execPath]) {
    run(node, ["--disable-warning=ExperimentalWarning", join(folder, "load.cjs")], folder);
  }
  writeFileSync(join(folder, "stalls.mjs"), STALLS);
  checkReport(join(folder, "stalls.mjs"));
  const { name, version } = JSON.parse(
    readFileSync(join(folder, "node_modules/coppice/package.json"), "utf8"),
  );
  console.log(`${name} ${version} is in order.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
