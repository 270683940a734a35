/** Retries until the check passes. At the limit, the last error is thrown. */
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
