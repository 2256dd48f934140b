/**
 * The log: one JSON object a line, through pino. On a terminal, and where LOG_FORMAT says so, a line to read.
 *
 * Parts know no more than `Log`, so that specs can listen in.
 */
import { destination, pino } from "pino";

export interface Log {
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  readonly level: string;
  readonly format: "json" | "text";
}

export function createLog({ level, format }: LogOptions): Log {
  const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  // It goes on, in silence, when nobody reads it any more.
  const output = destination({ dest: 1, sync: true });
  const readably = { write: (line: string) => output.write(`${readable(line)}\n`) };
  const logger = pino(options, format === "json" ? output : readably);
  return {
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}) => logger.warn(fields, text),
    error: (text, fields = {}) => logger.error(fields, text),
  };
}

const LEVELS: Readonly<Record<number, string>> = { 40: "warning: ", 50: "error: ", 60: "error: " };

function readable(line: string): string {
  // Pino's own line: an object with these keys.
  const { time, level, msg } = JSON.parse(line) as { time: string; level: number; msg: string };
  return `${time} ${LEVELS[level] ?? ""}${msg}`;
}
