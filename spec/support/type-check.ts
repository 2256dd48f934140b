/** The type checker of the project, for files that are on disk and for texts that are not. */
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** What the checker found wrong, one line each: `file:line message`. */
export type Findings = readonly string[];

export interface CheckOptions {
  /** Files that exist only here, by their path in the project. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Whether names that are never used are findings. */
  readonly isStrictAboutUnused?: boolean;
}

const root = process.cwd();

/** The options of the project's own `tsconfig.json`. */
export function compilerOptions(): ts.CompilerOptions {
  const file = join(root, "tsconfig.json");
  const read: unknown = ts.readConfigFile(file, (path) => ts.sys.readFile(path)).config;
  return { ...ts.parseJsonConfigFileContent(read, ts.sys, root).options, noEmit: true };
}

/** Makes one program of all the files, by their paths in the project. */
export function programOf(files: readonly string[], options: CheckOptions = {}): ts.Program {
  const texts = new Map([...(options.texts ?? [])].map(([file, text]) => [join(root, file), text]));
  const isStrict = options.isStrictAboutUnused ?? true;
  const settings = { ...compilerOptions(), noUnusedLocals: isStrict, noUnusedParameters: isStrict };
  const host = ts.createCompilerHost(settings);
  const disk = { ...host };
  const folders = new Set([...texts.keys()].map(dirname));
  host.fileExists = (file) => texts.has(file) || disk.fileExists(file);
  host.readFile = (file) => texts.get(file) ?? disk.readFile(file);
  host.directoryExists = (folder) => folders.has(folder) || disk.directoryExists?.(folder) === true;
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? disk.getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, text, version, true);
  };
  const paths = [...files, ...(options.texts?.keys() ?? [])].map((file) => join(root, file));
  return ts.createProgram(paths, settings, host);
}

/** Checks the given files; what they import is only loaded. */
export function findingsOf(program: ts.Program, files: readonly string[]): Findings {
  return files.flatMap((file) => {
    const source = program.getSourceFile(join(root, file));
    if (source === undefined) return [`${file} was not found`];
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(textOf);
  });
}

function textOf({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, " ");
  if (file === undefined || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${relative(root, file.fileName)}:${line + 1} ${message}`;
}
