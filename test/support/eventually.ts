/** Tries until the check passes, or the patience is over: what is seen then is the fault. */
export async function eventually(check: () => unknown | Promise<unknown>, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, 1000);
      });
    }
  }
}
