// Tabs as the ARIA practices have them: arrows move, Home and End jump, one tab is in the order of the Tab key.
export function createTabs(container, panel, names, show) {
  const tabs = names.map((name, index) => {
    const tab = document.createElement("button");
    Object.assign(tab, { type: "button", id: `tab-${index}`, textContent: name });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => select(index));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: names.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        const next = (to + names.length) % names.length;
        select(next);
        tabs[next].focus();
      }
    });
    return tab;
  });
  container.replaceChildren(...tabs);
  select(0);

  function select(chosen) {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", tabs[chosen].id);
    show(names[chosen]);
  }
}
