/** Whether anything of a process group still runs. */
import { readdirSync, readFileSync } from "node:fs";

/** @param id - of the group, which is that of its first process */
export function isGroupAlive(id: number): boolean {
  try {
    process.kill(-id, 0);
  } catch {
    return false;
  }
  return process.platform !== "linux" || hasLiveMember(id);
}

/**
 * What has ended counts as there until its parent has asked for its exit code, and in a container there may be nobody
 * who ever does.
 */
function hasLiveMember(id: number): boolean {
  try {
    return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isLiveMember(name, id));
  } catch {
    // Where there is no such folder the system's answer is all there is.
    return true;
  }
}

function isLiveMember(process: string, group: number): boolean {
  try {
    const status = readFileSync(`/proc/${process}/stat`, "latin1");
    // `pid (name) state parent group …`; a name may hold anything.
    const [state, , its] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    return Number(its) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
