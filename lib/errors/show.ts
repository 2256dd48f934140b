/** How values appear in messages: short, safe, and never with what is inside an object. */
const LONGEST = 80;

/** Cuts a text to a length that fits a message, and keeps control characters out of it. */
export function clip(text: string, longest = LONGEST): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain;
}

/** Shows a value in a short and safe form: its type, never the content of an object. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `the string "${clip(value, 40)}"`;
  if (typeof value === "function") return showFunction(value);
  if (typeof value !== "object")
    return `the ${typeof value} ${clip((value as number | bigint | boolean | symbol).toString(), 40)}`;
  return showObject(value);
}

/** A function's name is a property like any other: it may be anything, and reading it may throw. */
function showFunction(value: { readonly name: unknown }): string {
  try {
    const { name } = value;
    return typeof name === "string" && name !== "" ? `the function "${clip(name, 40)}"` : "a function";
  } catch {
    return "a function";
  }
}

function showObject(value: object): string {
  try {
    if (Array.isArray(value)) return "an array";
    if (value instanceof Promise) return "a Promise";
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag !== "Object") return `a ${clip(tag, 40)}`;
    // Ours are iterable and refuse to be awaited.
    const isOurs = Symbol.iterator in value && "then" in value;
    return isOurs ? "an operation" : `an object of class ${clip(className(value), 40)}`;
  } catch {
    return "an object";
  }
}

function className(value: object): string {
  const { constructor } = value;
  return typeof constructor === "function" ? constructor.name : "Object";
}
