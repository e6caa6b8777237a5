/** Permissions mean nothing to root, and tests may well run as root in a container. */

/** Does the work as a user that permissions hold for. Other work of this process must wait meanwhile. */
export async function withoutPrivileges<T>(work: () => Promise<T>): Promise<T> {
  const { geteuid, seteuid } = process;
  if (geteuid?.() !== 0 || seteuid === undefined) return work();
  seteuid(65534);
  try {
    return await work();
  } finally {
    seteuid(0);
  }
}
