/**
 * perFrame joins many calls into one run: at the next animation frame, or soon
 * where the page is hidden and frames do not come.
 */
export function perFrame(run: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    let done = false;
    const once = () => {
      if (done) return;
      done = true;
      waiting = false;
      run();
    };
    requestAnimationFrame(once);
    setTimeout(once, 60);
  };
}
