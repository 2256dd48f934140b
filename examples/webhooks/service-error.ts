/**
 * Something the operator can put right: a wrong setting, a port in use, a database out of reach.
 * The program prints its message alone; any other error is a bug and is printed with its stack.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
}
