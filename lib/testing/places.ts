/** Positions in the source, as people read them. */

/** The folders of the library: what stands in them is not the user's code. Source maps lead from the built to the other. */
const OURS = folderAbove(import.meta.url).replace(/\/dist\/.*$/, "/dist/");
const OUR_SOURCE = OURS.replace(/\/dist\/$/, "/lib/");

interface Surroundings {
  process?: { cwd?: () => string };
}

/** The folder of the folder of a file, as a path. */
function folderAbove(url: string): string {
  const path = url.replace(/^file:\/\//, "").replace(/[^/]*$/, "");
  return path.replace(/[^/]+\/$/, "");
}

export function isOurs(place: string): boolean {
  const path = withoutScheme(place);
  return path.startsWith(OURS) || path.startsWith(OUR_SOURCE);
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
