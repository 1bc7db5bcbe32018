// Phones: the app is as high as what is visible, also while the on-screen keyboard is up.

/** Keep an element as high as the visual viewport. */
export function fitViewport(element) {
  const viewport = window.visualViewport;
  if (!viewport || !element) return;
  const fit = () => {
    // Pinch zoom changes the visual viewport too; then the layout stays as it is.
    if (viewport.scale > 1.02) return;
    const covered = window.innerHeight - viewport.height > 60;
    element.style.height = covered ? `${viewport.height}px` : "";
    element.style.top = covered ? `${viewport.offsetTop}px` : "";
    element.style.bottom = covered ? "auto" : "";
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
}
