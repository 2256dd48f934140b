/**
 * Which frames of a stack are ours: those of files in our folder, where our files are loaded as they were built.
 * Bundled with other code ours cannot be told from it, so that bundlers may leave all of this out.
 */
import { isFrame, tellFramesBy } from "./user-stack.js";

/** This file, or the one that the package's build has put it into, and the folder of all of ours. */
const OWN_FILE =
  /(?:\(|at )(?:async )?([^()]*[\\/])(?:errors[\\/]own-frames\.[cm]?[jt]s|coppice-[0-9A-Z]{8}\.js):/;
let folder: string | null | undefined;

/** Has our own frames told from the user's from now on. Nothing is looked at before there is an error. */
export function tellOwnFrames(): void {
  tellFramesBy({ cutOwn, beginsWithOwn, usersOf });
}

function cutOwn(error: Error): boolean {
  const { stack } = error;
  if (ownFolder() === null || typeof stack !== "string") return true;
  const lines = stack.split("\n");
  const first = lines.findIndex(isFrame);
  const users = lines.findIndex((line, i) => i >= first && !isOwn(line));
  if (first < 0 || users === first) return true;
  if (users < 0 || !lines.slice(users).some((line) => !isOwn(line) && !line.includes("node:"))) return false;
  lines.splice(first, users - first);
  error.stack = lines.join("\n");
  return true;
}

function beginsWithOwn(stack: string): boolean {
  const first = stack.split("\n").find(isFrame);
  return ownFolder() !== null && (first === undefined || isOwn(first));
}

/** What stands above our first frames. */
function usersOf(frames: string[]): string[] {
  if (ownFolder() === null) return frames;
  const from = frames.findIndex((line) => !isOwn(line));
  if (from < 0) return [];
  const to = frames.findIndex((line, i) => i > from && isOwn(line));
  return frames.slice(from, to < 0 ? undefined : to).filter((line) => !line.endsWith(".next (<anonymous>)"));
}

/**
 * Whether a line of a stack, or a place that stands in one, is in our code.
 *
 * @param line - as the engine has written it, in a stack
 */
export function isOwn(line: string): boolean {
  const own = ownFolder();
  return own !== null && line.includes(own);
}

/** Our folder as it stands in stack traces; null when we are bundled with other code, and cannot be told from it. */
function ownFolder(): string | null {
  if (folder === undefined)
    folder = OWN_FILE.exec(new Error().stack?.split("\n").find(isFrame) ?? "")?.[1] ?? null;
  return folder;
}
