/**
 * What the host carries along with running code, such as the stores of Node's AsyncLocalStorage: a task keeps what it
 * was started with across all its suspensions, whoever resumes it. Until somebody installs an enclosure there is none,
 * at the price of a branch for each task and each turn.
 */
export interface Enclosure {
  /** A task is made: what surrounds the code that makes it is to be kept for it. */
  taskMade(task: object): void;
  /** Calls `turn` with the task, surrounded by what was kept for it. */
  enter<Task extends object>(task: Task, turn: (task: Task) => void): void;
}

/** The enclosure of all schedulers; set once, by the entry point for the host. */
export const surroundings: { enclosure: Enclosure | null } = { enclosure: null };
