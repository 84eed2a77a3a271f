// Small pieces of page: elements, icons, menus that open and close, toasts, the alert dialog.

export const $ = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", "#i-" + name);
  return svg;
}

// el("p", {class: "x", hidden: true}, "text", node): properties where the element has them, attributes otherwise.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node) node[key] = value;
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// Makes the children of a parent exactly the given nodes and leaves those in place that already stand right,
// so that focus, selection and scroll survive.
export function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] ?? null);
  });
}

export function menu(root, onOpen = () => {}) {
  const button = root.querySelector(".menu-button");
  const panel = root.querySelector(".panel");
  const set = (open) => {
    if (open === !panel.hidden) return;
    if (open) onOpen(panel);
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) panel.querySelector("button:not(:disabled), select, input")?.focus();
  };
  button.addEventListener("click", () => set(panel.hidden));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      set(false);
      button.focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!root.contains(event.target)) set(false);
  });
  root.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !root.contains(event.relatedTarget)) set(false);
  });
  return { close: () => set(false) };
}

export function toast(text, kind = "") {
  const node = el("p", { className: "toast " + kind }, text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), kind === "error" ? 8000 : 4500);
}

export function alertDialog(text) {
  $("alert-text").textContent = text;
  if (!$("alert").open) $("alert").showModal();
}

// Runs an action of the reader; what goes wrong is said in a toast, never swallowed. Resolves to undefined then.
export async function attempt(what, action) {
  try {
    return await action();
  } catch (error) {
    toast(`${what}: ${error.message}`, "error");
    return undefined;
  }
}
