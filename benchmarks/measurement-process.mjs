/** Runs measure.mjs in a process of its own and turns however that ends into a result. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const measureFile = fileURLToPath(new URL("./measure.mjs", import.meta.url));

/**
 * @typedef {{ samples: number[], fastestMs: number } | { outcome: string, detail?: string }} Measurement
 *
 * @param {{ workName: string, work: { gauge?: string }, peerName: string, size: number }} what
 * @param {{ warmUpMs: number, measuringMs: number, limitMs: number }} budget
 * @returns {Promise<Measurement>}
 */
export function measureInOwnProcess({ workName, work, peerName, size }, { warmUpMs, measuringMs, limitMs }) {
  const flags = work.gauge === "heap" ? ["--expose-gc"] : [];
  const values = [workName, peerName, size, warmUpMs, measuringMs].map(String);
  return new Promise((resolve) => {
    const options = { timeout: limitMs, killSignal: /** @type {const} */ ("SIGKILL"), maxBuffer: 2 ** 24 };
    execFile(process.execPath, [...flags, measureFile, ...values], options, (error, stdout, stderr) => {
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
