// Text: folding for search, plain lines for lists, and the server's HTML rebuilt from an allow-list.

export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

export const fullName = (user) => [user?.first_name, user?.last_name].filter(Boolean).join(" ") || "Không tên";

export function chatTitle(chat) {
  if (chat.title) return chat.title;
  const person = (chat.members ?? []).find((user) => !user.is_bot);
  return person ? fullName(person) : String(chat.id);
}

export const onZalo = (chat) => chat?.platform === "zalo";

// Whether the bot can no longer write here: blocked by the person, put out of the group, or gone from it.
export const botAway = (chat) => chat.blocked || chat.bot_status === "left";

const SERVICE = [
  ["migrate_to_chat_id", () => "Nhóm đã chuyển thành nhóm lớn (supergroup)"],
  ["migrate_from_chat_id", () => "Nhóm lớn (supergroup) đã được lập từ nhóm cũ"],
  ["new_chat_members", (users) => `${users.map(fullName).join(", ")} vào nhóm`],
  ["left_chat_member", (user) => `${fullName(user)} rời nhóm`],
  ["new_chat_title", (title) => `Tên nhóm đổi thành “${title}”`],
  ["pinned_message", () => "Một tin nhắn được ghim"],
  ["group_chat_created", () => "Nhóm được lập"],
  ["supergroup_chat_created", () => "Nhóm được lập"],
];

// The line of a service message (somebody joined, the group moved), or null for an ordinary one.
export function serviceLine(message) {
  const found = SERVICE.find(([key]) => message[key] !== undefined && message[key] !== null);
  return found ? found[1](message[found[0]]) : null;
}

// What a message without words is called.
export function kindName(message) {
  if (message.photo || message.photo_url) return "Ảnh";
  if (message.document) return message.document.file_name ?? "Tệp";
  if (message.sticker) return "Nhãn dán";
  if (message.voice_url) return "Tin thoại";
  if (message.unsupported) return "Tin mà bot không đọc được";
  return "Tin nhắn";
}

export function firstLine(message) {
  const text = message.text ?? message.caption ?? serviceLine(message);
  if (text) return text.split("\n").find((line) => line.trim()) ?? "";
  return kindName(message);
}

export function fileSize(bytes) {
  if (!(bytes > 0)) return "";
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${value.toLocaleString("vi-VN", { maximumFractionDigits: 1 })} ${unit}`;
}

const TAGS = { b: "b", strong: "b", i: "i", em: "i", u: "u", ins: "u", s: "s", del: "s", strike: "s", code: "code",
  pre: "pre", blockquote: "blockquote", br: "br" };
// A slash after a digit or a letter is a date or "và/hoặc", not a command.
const COMMAND = /(^|[^\p{L}\p{N}_/.:@<])(\/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\p{L}\p{N}_/])/gu;

function commandButton(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "command";
  button.dataset.command = text;
  button.textContent = text;
  return button;
}

function addText(text, into, tappable) {
  let end = 0;
  for (const match of tappable ? text.matchAll(COMMAND) : []) {
    const start = match.index + match[1].length;
    into.append(text.slice(end, start), commandButton(match[2]));
    end = start + match[2].length;
  }
  into.append(text.slice(end));
}

function copyNode(node, into, tappable) {
  if (node.nodeType === Node.TEXT_NODE) {
    addText(node.data, into, tappable);
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const name = node.localName;
  let target = into;
  if (TAGS[name]) {
    target = document.createElement(TAGS[name]);
  } else if (name === "a" && /^(https?|mailto|tel):/i.test(node.getAttribute("href") ?? "")) {
    target = document.createElement("a");
    target.href = node.getAttribute("href");
    target.target = "_blank";
    target.rel = "noopener noreferrer";
  } else if (name === "tg-spoiler" || node.classList.contains("tg-spoiler") || node.classList.contains("spoiler")) {
    target = document.createElement("span");
    target.className = "spoiler";
    target.tabIndex = 0;
  } else if (["script", "style", "template", "iframe", "object"].includes(name)) {
    return;
  }
  if (target !== into) into.append(target);
  const inner = tappable && !["a", "code", "pre"].includes(target.localName);
  for (const child of node.childNodes) copyNode(child, target, inner);
}

// A block begins and ends its own line, so the line ends that the text has beside it would be empty lines.
function trimAround(block) {
  const [before, after] = [block.previousSibling, block.nextSibling];
  if (before?.nodeType === Node.TEXT_NODE) before.data = before.data.replace(/\n$/, "");
  if (after?.nodeType === Node.TEXT_NODE) after.data = after.data.replace(/^\n/, "");
}

// The server's HTML as nodes. Only the marks that Telegram knows survive, attributes never do, so that a fault in
// the server's escaping cannot become a script here.
export function rich(html, tappable = true) {
  // The wrapper keeps white space at the beginning, which a parser drops at the top of a body.
  const parsed = new DOMParser().parseFromString(`<div>${html}</div>`, "text/html");
  const out = document.createDocumentFragment();
  for (const child of parsed.body.childNodes) copyNode(child, out, tappable);
  for (const block of out.querySelectorAll("blockquote, pre")) trimAround(block);
  return out;
}

export function plain(text, tappable = true) {
  const out = document.createDocumentFragment();
  addText(text, out, tappable);
  return out;
}
