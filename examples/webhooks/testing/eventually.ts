const ATTEMPTS = 6_000;
const PAUSE_MS = 10;

/** Looks again and again until the condition holds; fails when it does not within a bounded number of looks. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`It did not come about that ${what}.`);
}
