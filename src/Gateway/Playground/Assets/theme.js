// Light, dark, or as the system has it. The choice is kept by the browser; the key never is.
const choices = ["auto", "light", "dark"];
const name = "reranker-theme";

export function startTheme(button) {
  let choice = readChoice();
  apply();
  button.addEventListener("click", () => {
    choice = choices[(choices.indexOf(choice) + 1) % choices.length];
    try {
      localStorage.setItem(name, choice);
    } catch {
      // A browser that keeps nothing still shows the choice.
    }
    apply();
  });

  function apply() {
    if (choice === "auto") {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = choice;
    }
    button.textContent = `Theme: ${choice}`;
  }
}

function readChoice() {
  try {
    const kept = localStorage.getItem(name);
    return choices.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}
