/** Why a webhook cannot be taken just now. The sender is told to come again. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly statusCode = 503;
  readonly retryAfterSeconds = 1;
}
