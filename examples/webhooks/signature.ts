/**
 * Whether a webhook comes from who it says: an HMAC-SHA256 of its body under a secret that the source shares with us.
 *
 *   webhook-signature: sha256=<hex of HMAC(secret, body)>
 *   webhook-timestamp: <seconds since 1970>    optional; then the HMAC is of `timestamp.body`, and expires
 *
 * A source may have several secrets, and a webhook several signatures with commas between them, so that secrets can be
 * changed without a gap. All of them are compared, in constant time.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The secrets of each source. */
export type Secrets = ReadonlyMap<string, readonly string[]>;

export interface Signed {
  readonly source: string;
  readonly body: Buffer;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

/** For how long a signature with a timestamp is good, in seconds. */
const TOLERANCE_S = 300;
const MOST_SIGNATURES = 8;
/** What an unknown source is checked against, so that it takes as long as a known one. */
const NO_SECRETS = ["this secret is nobody's"];

/** Tells what is wrong with the signature; nothing when it is good. */
export function faultOf(secrets: Secrets, signed: Signed): string | undefined {
  const { source, body, signature, timestamp } = signed;
  if (signature === undefined) return "The header webhook-signature is missing.";
  if (timestamp !== undefined && !isRecent(timestamp)) {
    return `The header webhook-timestamp is not within ${String(TOLERANCE_S)} seconds of now.`;
  }
  const given = signature.split(",", MOST_SIGNATURES).map(bytesOf);
  const known = secrets.get(source);
  let isGood = false;
  for (const secret of known ?? NO_SECRETS) {
    const hmac = createHmac("sha256", secret);
    if (timestamp !== undefined) hmac.update(`${timestamp}.`);
    const expected = hmac.update(body).digest();
    for (const bytes of given) isGood = timingSafeEqual(expected, bytes) || isGood;
  }
  return isGood && known !== undefined ? undefined : "The signature is not right.";
}

const isRecent = (timestamp: string): boolean =>
  /^\d{1,12}$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_S;

/** Always 32 bytes, whatever was given: what is no signature is one that is wrong. */
function bytesOf(signature: string): Buffer {
  const hex = /^\s*sha256=([0-9a-f]{64})\s*$/i.exec(signature)?.[1] ?? "";
  return hex === "" ? Buffer.alloc(32) : Buffer.from(hex, "hex");
}
