/**
 * Measures what a program that uses Coppice costs in a browser: bundled, minified, gzipped.
 * `npm run size` prints the figures and what each module adds; `-- --check` prints the figures
 * alone and fails when one is over its line. The lines may only be moved down.
 */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const checkOnly = process.argv.includes("--check");

const programs = [
  {
    title: "a program that uses run, spawn, timeout and sleep",
    aim: 5_000,
    line: 17_600,
    source: `
      import { run, sleep, spawn, timeout } from "coppice";
      await run(function* () {
        yield* spawn(function* tick() { yield* sleep(10); });
        console.log(yield* timeout(100, function* () { yield* sleep(20); return "done"; }));
      });`,
  },
  { title: "everything in the core", aim: 14_000, line: 38_850, source: `export * from "coppice";` },
];

async function measure(source) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    alias: { coppice: `${root}/lib/index.ts` },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    metafile: true,
    write: false,
  });
  const [{ contents }] = outputFiles;
  const [{ inputs }] = Object.values(metafile.outputs);
  return { gzipped: gzipSync(contents, { level: 9 }).length, minified: contents.length, inputs };
}

/** Bytes by file, largest first, and by folder: shares of the minified text, as gzip has no parts. */
function contributions(inputs) {
  const files = Object.entries(inputs)
    .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }))
    .filter(({ file, bytes }) => bytes > 0 && file.startsWith("lib/"))
    .sort((a, b) => b.bytes - a.bytes);
  const folders = new Map();
  for (const { file, bytes } of files) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  return { files, folders: [...folders].sort(([, a], [, b]) => b - a) };
}

function print(bytes, what, whole) {
  const share = `${((100 * bytes) / whole).toFixed(1)} %`;
  console.log(`  ${String(bytes).padStart(7)}  ${share.padStart(7)}  ${what}`);
}

for (const { title, aim, line, source } of programs) {
  const { gzipped, minified, inputs } = await measure(source);
  const verdict = gzipped > line ? "OVER THE LINE" : gzipped > aim ? `aim ${aim}` : "within the aim";
  console.log(`${title}: ${gzipped} bytes gzipped (line ${line}; ${verdict}), ${minified} minified`);
  if (gzipped > line) process.exitCode = 1;
  if (checkOnly) continue;
  const { files, folders } = contributions(inputs);
  for (const [folder, bytes] of folders) print(bytes, `${folder}/`, minified);
  console.log();
  for (const { file, bytes } of files) print(bytes, file, minified);
  console.log();
}
