import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { sourcesIn } from "../support/sources.js";

/** The text of an error that the library makes, as it stands in the source: `…` in place of what is put in. */
interface ErrorText {
  readonly at: string;
  readonly text: string;
}

/** The functions and classes that errors are made by, with the position of the text among their arguments. */
const makers: Readonly<Record<string, number>> = {
  misuse: 1,
  internal: 1,
  TimeoutError: 0,
  CleanupError: 0,
  QueueShutDown: 0,
  Error: 0,
  TypeError: 0,
  RangeError: 0,
};

function errorTextsOf(file: string, text: string): ErrorText[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const texts: ErrorText[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && ts.isIdentifier(node.expression)) {
      const argument = node.arguments?.[makers[node.expression.text] ?? -1];
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      for (const each of argument === undefined ? [] : textsIn(argument, source))
        texts.push({ at: `${file}:${line + 1}`, text: each });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** The texts that an expression may give; a variable is followed to its declaration in the same file. */
function textsIn(node: ts.Node, source: ts.SourceFile): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("")];
  if (ts.isParenthesizedExpression(node)) return textsIn(node.expression, source);
  if (ts.isBinaryExpression(node)) return combined(textsIn(node.left, source), textsIn(node.right, source));
  if (ts.isConditionalExpression(node))
    return [...textsIn(node.whenTrue, source), ...textsIn(node.whenFalse, source)];
  if (ts.isIdentifier(node)) return textsOfVariable(node.text, node);
  return [];
}

function combined(left: readonly string[], right: readonly string[]): string[] {
  return left.flatMap((start) => (right.length === 0 ? [`${start}…`] : right.map((end) => start + end)));
}

function textsOfVariable(name: string, use: ts.Node): string[] {
  const source = use.getSourceFile();
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isVariableDeclaration(node) &&
      ts.isIdentifier(node.name) &&
      node.name.text === name &&
      node.initializer
    ) {
      texts.push(...textsIn(node.initializer, source));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** Without what is quoted: names, code and what users gave hold full stops of their own. */
function prose(text: string): string {
  return text
    .replace(/`[^`]*`/g, "code")
    .replace(/"[^"]*"/g, "name")
    .replace(/\([^()]*\)/g, "")
    .replace(/\{[^{}]*\}/g, "");
}

function sentencesIn(text: string): number {
  return prose(text)
    .split(/[.!?](?=\s|$)/)
    .filter((part) => part.trim() !== "").length;
}

const faults: readonly [name: string, isFaulty: (text: string) => boolean][] = [
  ["say more than two sentences", (text) => sentencesIn(text) > 2],
  [
    "do not begin with a capital letter, a name or a call",
    (text) => !/^(?:[A-Z"…`]|new |[a-z][A-Za-z.]*\()/.test(text),
  ],
  ["do not end with a full stop", (text) => !/[.…]$/.test(text)],
  [
    "are an engine's own words",
    (text) => /is not a function|is not iterable|cannot read propert|undefined is not/i.test(text),
  ],
  [
    "blame",
    (text) =>
      /\byou(?:r)?\b|\billegal\b|\binvalid\b|\bforbidden\b|\bbad\b|\bwrong(?:ly)?\b|\bmust not\b/i.test(
        prose(text),
      ),
  ],
  [
    "shout or beg",
    (text) => /!|\bplease\b/i.test(prose(text).replace("Please report this with the stack trace.", "")),
  ],
];

const texts = sourcesIn("lib").flatMap(({ file, text }) => errorTextsOf(file, text));

describe("the texts of errors", () => {
  it("are found: there are many", () => {
    expect(texts.length).toBeGreaterThan(40);
  });

  it.each(faults)("never %s", (_, isFaulty) => {
    expect(texts.filter(({ text }) => isFaulty(text)).map(({ at, text }) => `${at} ${text}`)).toEqual([]);
  });

  it("come with a code of their own form", () => {
    const codes = sourcesIn("lib").flatMap(({ text }) =>
      Array.from(text.matchAll(/\bmisuse\(\s*"([^"]*)"/g), ([, code]) => code ?? ""),
    );
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !/^[A-Z]+(?:_[A-Z]+)*$/.test(code))).toEqual([]);
  });
});

describe("the check of error texts", () => {
  const find = (code: string) => errorTextsOf("example.ts", code).map(({ text }) => text);

  it("reads literals, templates, sums, choices and variables", () => {
    expect(find('throw misuse("X", "One." + ` Two ${n}.`);')).toEqual(["One. Two …."]);
    expect(find('const hint = late ? "Go." : "Stay."; throw misuse("X", hint);')).toEqual(["Go.", "Stay."]);
    expect(find("throw new TypeError(`${name}() needs a list.`);")).toEqual(["…() needs a list."]);
  });

  it.each([
    ["say more than two sentences", "One. Two. Three."],
    ["do not begin with a capital letter, a name or a call", "something went."],
    ["do not end with a full stop", "Something went"],
    ["are an engine's own words", "x is not a function."],
    ["blame", "Invalid argument."],
    ["shout or beg", "Stop it!"],
  ])("sees texts that %s", (fault, text) => {
    expect(faults.filter(([, isFaulty]) => isFaulty(text)).map(([name]) => name)).toContain(fault);
  });

  it("takes names, calls and code in a text for what they are", () => {
    expect(sentencesIn('Cannot put into queue "a. b. c": it was shut down.')).toBe(1);
    expect(sentencesIn("new Queue() needs an object of options, got 5. Write { capacity: … }.")).toBe(2);
    expect(sentencesIn("run() needs `a.b. c`. Use yield* until(promise).")).toBe(2);
  });
});
