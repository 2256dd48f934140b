/** Runs measure.mjs in a process of its own and turns however that ends into a result. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { findPython } from "./python.mjs";
import { perItem } from "./units.mjs";

const measureFile = fileURLToPath(new URL("./measure.mjs", import.meta.url));
const pythonFile = fileURLToPath(new URL("./asyncio/measure.py", import.meta.url));
/** The size that warms up. */
const smallSize = 1_000;

/**
 * @typedef {{ samples: number[], fastestMs: number } | { outcome: string, detail?: string }} Measurement
 *
 * @typedef {{ workName: string, work: any, peerName: string, size: number }} What
 *
 * @param {What} what
 * @param {import("./plan.mjs").Budget} budget
 * @returns {Promise<Measurement>}
 */
export function measureInOwnProcess(what, budget) {
  return what.peerName === "asyncio" ? measureInPython(what, budget) : measureInNode(what, budget);
}

function measureInNode(
  /** @type {What} */ { workName, work, peerName, size },
  /** @type {import("./plan.mjs").Budget} */ { warmUpMs, measuringMs, limitMs },
) {
  const flags = work.gauge === "heap" ? ["--expose-gc"] : [];
  const values = [workName, peerName, size, warmUpMs, measuringMs].map(String);
  return runAndRead(process.execPath, [...flags, measureFile, ...values], limitMs);
}

/** Python reads off whole programs and knows nothing of units. */
async function measureInPython(
  /** @type {What} */ { workName, work, size },
  /** @type {import("./plan.mjs").Budget} */ { warmUpMs, measuringMs, limitMs },
) {
  const expected = Object.fromEntries([smallSize, size].map((each) => [each, work.expected(each)]));
  const values = [work.gauge ?? "time", workName, size, warmUpMs, measuringMs, JSON.stringify(expected)];
  const command = findPython()?.command ?? "python3";
  const answer = await runAndRead(command, [pythonFile, ...values.map(String)], limitMs);
  if (!("samples" in answer) || work.gauge === "own") return answer;
  return { ...answer, samples: answer.samples.map((reading) => perItem(reading, work, size)) };
}

/**
 * @param {string} command
 * @param {readonly string[]} values
 * @param {number} limitMs
 * @returns {Promise<Measurement>}
 */
function runAndRead(command, values, limitMs) {
  // Libraries that check more while one develops with them are measured as they are deployed.
  const env = { ...process.env, NODE_ENV: "production", PYTHONDONTWRITEBYTECODE: "1" };
  return new Promise((resolve) => {
    const options = {
      env,
      timeout: limitMs,
      killSignal: /** @type {const} */ ("SIGKILL"),
      maxBuffer: 2 ** 24,
    };
    execFile(command, values, options, (error, stdout, stderr) => {
      const answer = stdout.trim().split("\n").at(-1) ?? "";
      if (answer.startsWith("{")) resolve(JSON.parse(answer));
      else resolve(outcomeOfDeath(error, stderr, limitMs));
    });
  });
}

/**
 * @param {import("node:child_process").ExecFileException | null} error
 * @param {string} stderr
 * @param {number} limitMs
 */
function outcomeOfDeath(error, stderr, limitMs) {
  const detail = stderr.trim().split("\n").slice(-12).join("\n");
  if (error?.killed)
    return { outcome: "too slow", detail: `The process ran for more than ${limitMs / 1000} s.` };
  if (/Maximum call stack size exceeded/.test(stderr)) return { outcome: "overflows", detail };
  if (/heap out of memory/.test(stderr)) return { outcome: "out of memory" };
  if (error?.code === 13) return { outcome: "never ends", detail };
  return { outcome: "failed", detail: detail || String(error) };
}
