/** The public face of "coppice/testing": virtual time, cancellation at every point, seeded orders, Jest glue. */
export {};
