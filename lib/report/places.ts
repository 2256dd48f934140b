/** Positions in the source, as people read them. */

/**
 * The folder of the library: what stands in it is not the user's code. In a bundle, which has another name than this
 * file, the two cannot be told apart by their places.
 */
const OURS = /\/places\.[jt]s$/.test(import.meta.url) ? folderAbove(import.meta.url) : null;

interface Surroundings {
  process?: { cwd?: () => string };
}

/** The folder of the folder of a file, as a path. */
function folderAbove(url: string): string {
  const path = url.replace(/^file:\/\//, "").replace(/[^/]*$/, "");
  return path.replace(/[^/]+\/$/, "");
}

export function isOurs(place: string): boolean {
  return OURS !== null && withoutScheme(place).startsWith(OURS);
}

/** A place relative to the folder in which the program runs. */
export function shorten(place: string): string {
  const path = withoutScheme(place);
  // Browsers have no such folder.
  const folder = (globalThis as Surroundings).process?.cwd?.();
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function withoutScheme(place: string): string {
  return place.replace(/^file:\/\//, "");
}
