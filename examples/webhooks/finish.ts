const PATIENCE_MS = 500;

/**
 * Sees to it that a program that is done ends. Whatever was opened has been closed by now, so nothing keeps the
 * process alive; if something does, that is said, and the process ends all the same.
 */
export function finish(): void {
  setTimeout(() => {
    console.error(`Still open at the end: ${process.getActiveResourcesInfo().join(", ")}.`);
    process.exit();
  }, PATIENCE_MS).unref();
}
