/** A process of this machine, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; `undefined` where the system does not tell. */
  readonly start: string | undefined;
}

/** Which processes there are. */
export interface ProcessTable {
  /** The process of this command. */
  readonly self: () => ProcessIdentity;
  /** Whether that very process is still there. Where starts are not told, the number alone decides. */
  readonly isAlive: (process: ProcessIdentity) => boolean;
}
