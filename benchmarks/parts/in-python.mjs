/**
 * Stands in a work's `peers` for a program in asyncio/programs.py, which is measured by asyncio/measure.py.
 */
export function inPython() {
  throw new Error("Programs in Python are measured by asyncio/measure.py.");
}
