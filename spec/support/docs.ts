/**
 * The code blocks of the documentation, made runnable. A block that begins with "```ts" is an ES module of its own:
 * checked by the type checker and run against lib/. Words after "ts" change that:
 *
 * | fence              | meaning                                                                  |
 * | ------------------ | ------------------------------------------------------------------------ |
 * | ```ts              | a module: checked and run                                                |
 * | ```ts continued    | goes on where the block before it on the page ended: one module with it   |
 * | ```ts no-run       | checked only: it needs a server, a signal, a person                      |
 *
 * `console.log(x); // => text` states what that line prints. A line that prints several times lists them with commas.
 */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import ts from "typescript";

/** What a `console.log` line is said to print. */
export interface Claim {
  /** The line on the page. */
  readonly line: number;
  readonly expected: string;
}

/** One module of a page. */
export interface Block {
  readonly page: string;
  /** The line of the page on which its code begins. */
  readonly line: number;
  /** The code, at the very lines at which it stands on the page. */
  readonly code: string;
  readonly isRun: boolean;
  readonly claims: readonly Claim[];
  /** What is wrong with the block as such. */
  readonly faults: readonly string[];
}

const FENCE = /^(\s*)(`{3,})\s*([^\s`]*)\s*([^`]*)$/;
const KNOWN = ["continued", "no-run"];

/** The runnable blocks of a page on disk. */
export function blocksOf(page: string): Block[] {
  return blocksIn(page, readFileSync(page, "utf8"));
}

/** The runnable blocks of a page. */
export function blocksIn(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  for (const fence of fencesIn(text)) {
    if (fence.language !== "ts") continue;
    const faults = fence.words
      .filter((word) => !KNOWN.includes(word))
      .map((word) => `unknown word "${word}" after ts`);
    const isRun = !fence.words.includes("no-run");
    const before = fence.words.includes("continued") ? blocks.pop() : undefined;
    if (before === undefined && fence.words.includes("continued"))
      faults.push("continued, but nothing stands before it");
    const code = joined(before?.code ?? "", fence);
    const { claims, unattached } = claimsIn(code);
    faults.push(...unattached.map((line) => `line ${line}: "// =>" without a console.log that ends there`));
    blocks.push({
      page,
      line: before?.line ?? fence.line,
      code,
      isRun,
      claims,
      faults: [...(before?.faults ?? []), ...faults],
    });
  }
  return blocks;
}

interface Fence {
  readonly language: string;
  readonly words: readonly string[];
  /** The first line of the code. */
  readonly line: number;
  readonly code: readonly string[];
}

function fencesIn(text: string): Fence[] {
  const fences: Fence[] = [];
  let open: { fence: Fence; code: string[]; indent: string; marks: string } | null = null;
  text.split("\n").forEach((line, i) => {
    const match = FENCE.exec(line);
    if (open !== null) {
      if (match?.[2] !== undefined && match[2].length >= open.marks.length && match[3] === "") open = null;
      else open.code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      return;
    }
    if (match === null) return;
    const [, indent = "", marks = "", language = "", words = ""] = match;
    const code: string[] = [];
    const fence = { language, words: words.split(/\s+/).filter((word) => word !== ""), line: i + 2, code };
    fences.push(fence);
    open = { fence, code, indent, marks };
  });
  return fences;
}

/** Puts the code of a fence at its lines of the page, behind what it continues. */
function joined(before: string, { line, code }: Fence): string {
  const lines = before === "" ? [] : before.split("\n");
  return [...lines, ...new Array<string>(line - 1 - lines.length).fill(""), ...code].join("\n");
}

/** The calls of console.log in a module, by the line on which they end. */
function logsIn(code: string): Map<number, ts.CallExpression> {
  const source = ts.createSourceFile("block.ts", code, ts.ScriptTarget.Latest, true);
  const logs = new Map<number, ts.CallExpression>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === "console.log") {
      logs.set(source.getLineAndCharacterOfPosition(node.getEnd()).line + 1, node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return logs;
}

function claimsIn(code: string): { claims: Claim[]; unattached: number[] } {
  const logs = logsIn(code);
  const [claims, unattached]: [Claim[], number[]] = [[], []];
  code.split("\n").forEach((text, i) => {
    const expected = /\/\/ =>(.*)$/.exec(text)?.[1]?.trim();
    if (expected === undefined) return;
    if (logs.has(i + 1)) claims.push({ line: i + 1, expected });
    else unattached.push(i + 1);
  });
  return { claims, unattached };
}

/** The key of a block's console among the globals. */
export const CONSOLES = Symbol.for("coppice.docs");

/** JavaScript of a block that prints to a console of its own, which is told the line. */
export function runnable(block: Block): string {
  let { code } = block;
  const calls = [...logsIn(code)].sort(([, a], [, b]) => b.getStart() - a.getStart());
  for (const [line, call] of calls) {
    const { expression } = call;
    code = `${code.slice(0, expression.getStart())}console.at(${line}).log${code.slice(expression.getEnd())}`;
  }
  const own = `const console = globalThis[Symbol.for("coppice.docs")].get(${JSON.stringify(nameOf(block))});`;
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      useDefineForClassFields: false,
    },
  });
  // On the first line, so that the lines of the page stay what they are.
  return `${own} ${outputText}`;
}

export function nameOf({ page, line }: Block): string {
  return `${page}:${line}`;
}

/** Notes what a block prints, by line. */
export class PageConsole {
  readonly printed = new Map<number, string[]>();

  at(line: number): { log(...values: unknown[]): void } {
    return {
      log: (...values) => {
        const lines = this.printed.get(line) ?? [];
        this.printed.set(line, [...lines, values.map(shown).join(" ")]);
      },
    };
  }

  log(): void {
    // A `console.log` that is passed on as a function makes no claim.
  }

  error(): void {
    // What goes to the other stream makes no claim either.
  }

  warn(): void {
    // The same.
  }

  /** What was printed otherwise than said. */
  broken(claims: readonly Claim[]): string[] {
    return claims.flatMap(({ line, expected }) => {
      const actual = this.printed.get(line)?.join(", ") ?? "nothing";
      return actual === expected ? [] : [`line ${line} prints ${actual}, and not ${expected}`];
    });
  }
}

function shown(value: unknown): string {
  const text =
    typeof value === "string" ? value : inspect(value, { breakLength: Infinity, compact: true, depth: 5 });
  return text.replace(/\s*\n\s*/g, " ");
}
