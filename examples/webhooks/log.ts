/** One line on standard output, with the time. */
export const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
