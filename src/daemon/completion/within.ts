/** Waits for work until a time; what is not done then goes on. True if it is done. @throws what it throws in time */
export async function within(until: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, until - performance.now()));
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
    // What fails after its time is tried again by the next request.
    work.catch(() => undefined);
  }
}
