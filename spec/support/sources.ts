/** The project's own source files, as text and as what they import. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import ts from "typescript";

/** One import of a file, types included. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The imported file's path in the project, or null for a package. */
  readonly file: string | null;
}

export interface Source {
  /** Its path in the project, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** All TypeScript files below a folder, in order of their paths. */
export function sourcesIn(folder: string): readonly Source[] {
  return filesIn(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => {
      const text = readFileSync(file, "utf8");
      return { file, text, imports: importsOf(file, text) };
    });
}

/** All files below a folder, in order of their paths. */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** What a text imports: statically, dynamically, as a type, and by re-export. */
export function importsOf(file: string, text: string): readonly Import[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName }) => ({ specifier: fileName, file: resolved(file, fileName) }));
}

function resolved(from: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  return posix.join(dirname(from), specifier).replace(/\.js$/, ".ts");
}

/** A text without its comments; literals stay. */
export function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  const parts: string[] = [];
  let depth = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    // A template goes on after the brace that closes its expression.
    if (token === ts.SyntaxKind.TemplateHead) depth++;
    else if (token === ts.SyntaxKind.CloseBraceToken && depth > 0) {
      token = scanner.reScanTemplateToken(false);
      if (token === ts.SyntaxKind.TemplateTail) depth--;
    }
    parts.push(scanner.getTokenText());
  }
  return parts.join(" ");
}
