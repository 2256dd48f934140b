/** What `expect` uses of Jest's other packages, without what they need of Node. */

export const isPromise = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

export const isError = (value: unknown): boolean => value instanceof Error;

export const formatStackTrace = (stack: string): string => stack;

export const separateMessageFromStack = (content: string): { message: string; stack: string } => ({
  message: content,
  stack: "",
});

/** Chalk's: colours mean nothing in a page. */
const plain = (text: unknown): string => String(text);
const colours: unknown = new Proxy(plain, { get: (_, key) => (key === "level" ? 0 : colours) });
export default colours;
