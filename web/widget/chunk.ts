const pauseMs = 5000;

/** chunk brings what is loaded when it is needed. Where the line breaks it tries again until it is there, at once when the line is back. */
export async function chunk<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs);
        addEventListener("online", resolve, { once: true });
      });
    }
  }
}
