/** The public face of "coppice/effection": operations of Effection 4 and of Coppice in one another. */
export {};
