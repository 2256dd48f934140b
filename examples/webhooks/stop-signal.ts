/** SIGTERM and SIGINT: the first one asks the program to stop, the second one ends it on the spot. */
import { constants } from "node:os";
import { resource, until, type Operation } from "coppice";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Listens until the scope ends. Gives an operation that waits for the first signal, in any number of tasks. */
export const useStopSignal = (): Operation<Operation<NodeJS.Signals>> =>
  resource<Operation<NodeJS.Signals>>(function* (provide) {
    let receive: (signal: NodeJS.Signals) => void = endAtOnce;
    const first = new Promise<NodeJS.Signals>((resolve) => {
      receive = (signal) => {
        receive = endAtOnce;
        resolve(signal);
      };
    });
    const onSignal = (signal: NodeJS.Signals): void => receive(signal);
    for (const signal of SIGNALS) process.on(signal, onSignal);
    try {
      yield* provide(until(first));
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  });

/** The exit code is the one that shells give to a program that a signal ended. */
const endAtOnce = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);
