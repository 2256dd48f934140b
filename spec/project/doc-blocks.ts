/** The `ts` blocks of README.md and docs/, as modules to check and to run. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface DocBlock {
  /** `docs/guide.md:12` */
  readonly place: string;
  readonly source: string;
  /** What its `console.log(…); // => text` lines state. */
  readonly expected: readonly string[];
  /** The block as TypeScript, and as the module that runs. */
  readonly sourceFile: string;
  readonly moduleFile: string;
}

export const ROOT = join(import.meta.dirname, "../..");
const CACHE = join(ROOT, ".cache/docs");

/** All blocks, written out afresh. */
export function writeBlocks(): DocBlock[] {
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  return pages().flatMap((page) => blocksOf(page));
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).map((name) => join("docs", name))];
}

function blocksOf(page: string): DocBlock[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return written(page, line, match[1] ?? "");
  });
}

function written(page: string, line: number, source: string): DocBlock {
  const stem = join(CACHE, `${page.replace(/\W/g, "-")}-${line}`);
  const module = `${source}\nexport {};\n`;
  writeFileSync(`${stem}.ts`, module);
  const { outputText } = ts.transpileModule(module, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(`${stem}.mjs`, outputText);
  const expected = [...source.matchAll(/\/\/ => (.*)$/gm)].map((found) => found[1] ?? "");
  return { place: `${page}:${line}`, source, expected, sourceFile: `${stem}.ts`, moduleFile: `${stem}.mjs` };
}

/** What the type checker says of the blocks, as in a strict project. */
export function typeErrors(blocks: readonly DocBlock[]): string[] {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const program = ts.createProgram(
    blocks.map((block) => block.sourceFile),
    { ...options, noUnusedLocals: false, noUnusedParameters: false, noEmit: true },
  );
  return blocks.flatMap((block) => {
    const file = program.getSourceFile(block.sourceFile);
    return ts
      .getPreEmitDiagnostics(program, file)
      .map((found) => `${block.place}: ${ts.flattenDiagnosticMessageText(found.messageText, " ")}`);
  });
}
