/**
 * Where the events of the event works come from: bursts of 100, each in a callback of the host's own, as sockets
 * and parsers bring them. All are numbered, and whoever listens adds the numbers up.
 */
const burst = 100;

export class NumberEvent extends Event {
  constructor(/** @type {number} */ value) {
    super("number");
    this.value = value;
  }
}

/**
 * @param {(value: number) => void} emit
 * @param {number} size
 */
export function emitInBursts(emit, size) {
  let next = 0;
  setImmediate(function emitBurst() {
    const end = Math.min(size, next + burst);
    while (next < end) emit(next++);
    if (next < size) setImmediate(emitBurst);
  });
}
