/** Mark the tab of the day in view, and bring it into view where the tabs are wider than the screen. */
export function markCurrentDay(tabs) {
  if (!("IntersectionObserver" in window)) return;
  const tabOf = new Map([...tabs].map((tab) => [document.querySelector(tab.hash), tab]));
  const mark = (chosen) => {
    for (const tab of tabs) {
      if (tab === chosen) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
    const list = chosen.parentElement;
    if (list.scrollWidth > list.clientWidth) list.scrollLeft = chosen.offsetLeft - list.offsetLeft - 16;
  };
  // A day is in view when it crosses a line a third down the screen; before the first one, the server's choice stays.
  const watcher = new IntersectionObserver(
    (entries) => entries.filter(({ isIntersecting }) => isIntersecting).forEach(({ target }) => mark(tabOf.get(target))),
    { rootMargin: "-33% 0px -66% 0px" },
  );
  for (const day of tabOf.keys()) if (day) watcher.observe(day);
}
