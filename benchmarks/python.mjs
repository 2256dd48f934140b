/** The Python whose asyncio is measured: the first of the usual names that is 3.11 or later. */
import { execFileSync } from "node:child_process";

const commands = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];
const printVersion = "import sys; print('.'.join(map(str, sys.version_info[:3])))";

/** @typedef {{ command: string, version: string }} Python */

/** @type {Python | null | undefined} */
let found;

/** @returns {Python | null} null when there is none */
export function findPython() {
  if (found === undefined) found = commands.map(ask).find((python) => python !== null) ?? null;
  return found;
}

/** @returns {Python | null} */
function ask(/** @type {string} */ command) {
  try {
    const options = { encoding: "utf8", stdio: "pipe", timeout: 10_000 };
    const version = execFileSync(command, ["-c", printVersion], /** @type {const} */ (options)).trim();
    const [major = 0, minor = 0] = version.split(".").map(Number);
    return major === 3 && minor >= 11 ? { command, version } : null;
  } catch {
    return null;
  }
}
