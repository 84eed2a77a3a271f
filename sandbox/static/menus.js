// What is not an officer's business: the chat's menu and the sandbox's own (faults, limits, connection).

import { api } from "./api.js";
import { $, attempt, el, menu } from "./dom.js";
import { openChat, refreshState, store } from "./store.js";
import { botAway, onZalo } from "./text.js";

const FAULTS = [
  ["status", "Đáp lỗi"],
  ["flood", "Chặn vì gửi dồn (429)"],
  ["hang_before", "Treo trước khi nhận"],
  ["hang_after", "Treo sau khi nhận"],
  ["drop_before", "Đứt trước khi nhận"],
  ["drop_after", "Đứt sau khi nhận"],
  ["bad_json", "Đáp hỏng"],
];
const METHODS = ["sendMessage", "editMessageText", "sendDocument", "sendPhoto", "answerCallbackQuery", "getUpdates", "setMyCommands"];

function chatActions(panel, close) {
  const chat = openChat();
  if (!chat) return;
  const isPrivate = chat.type === "private";
  const action = (label, what, kind = "") =>
    el("button", { type: "button", className: kind, onclick: () => {
      close();
      attempt("Không làm được", async () => {
        const answer = await api.act(chat.id, what);
        await refreshState();
        const moved = store.chats.get(chat.id)?.migrated_to ?? (what === "migrate" ? answer?.id : null);
        if (moved) location.hash = `chat=${moved}`;
      });
    } }, label);
  const rows = [action("Đánh dấu đã đọc", "read")];
  if (chat.type === "group" && !onZalo(chat)) rows.push(action("Chuyển thành nhóm lớn (supergroup)", "migrate"));
  if (botAway(chat)) rows.push(action(isPrivate ? "Bỏ chặn bot" : "Thêm lại bot", "unblock"));
  else rows.push(action(isPrivate ? "Chặn bot" : "Mời bot ra khỏi nhóm", "block", "danger"));
  rows.push(el("p", { className: "fine" }, `Mã cuộc trò chuyện: ${chat.address ?? chat.id}`));
  panel.replaceChildren(...rows);
}

const field = (label, control) => el("label", { className: "field" }, el("span", {}, label), control);

function faultForm(redraw) {
  const kind = el("select", {}, ...FAULTS.map(([value, label]) => new Option(label, value)));
  const method = el("select", {}, new Option("Mọi lệnh gọi", ""), ...METHODS.map((name) => new Option(name, name)));
  const status = el("select", {}, ...["429", "500", "502", "403", "400"].map((code) => new Option(code, code)));
  const seconds = el("input", { type: "number", min: "1", max: "600", value: "5", inputMode: "numeric" });
  const times = el("input", { type: "number", min: "1", max: "1000", value: "1", inputMode: "numeric" });
  const statusField = field("Mã lỗi", status);
  const secondsField = field("Số giây", seconds);
  const timesField = field("Số lần", times);
  const hangs = () => kind.value.startsWith("hang");
  const tooMany = () => kind.value === "flood" || (kind.value === "status" && status.value === "429");
  const waits = () => hangs() || tooMany();
  const fit = () => {
    timesField.hidden = kind.value === "flood";
    statusField.hidden = kind.value !== "status";
    secondsField.hidden = !waits();
  };
  kind.addEventListener("change", fit);
  status.addEventListener("change", fit);
  fit();
  const fault = () => ({
    kind: kind.value,
    times: Number(times.value) || 1,
    ...(method.value ? { method: method.value } : {}),
    ...(kind.value === "status" ? { status: Number(status.value) } : {}),
    ...(tooMany() ? { retry_after: Number(seconds.value) || 1 } : {}),
    ...(hangs() ? { seconds: Number(seconds.value) || 1 } : {}),
  });
  const form = el("form", { className: "faults" },
    field("Kiểu", kind), field("Lệnh gọi", method), statusField, secondsField, timesField,
    el("button", { type: "submit", className: "soft" }, "Gây lỗi"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("Không đặt được lỗi", async () => {
      await api.addFault(fault());
      await redraw();
    });
  });
  return form;
}

function faultLine(fault) {
  const kind = FAULTS.find(([value]) => value === fault.kind)?.[1] ?? fault.kind;
  return [kind, fault.status, fault.method, fault.times === null ? "cho tới khi bỏ" : `còn ${fault.times ?? 1} lần`].filter(Boolean).join(" · ");
}

function zaloLine(zalo) {
  const sent = zalo.messages_allowed === null ? `${zalo.sent_this_month}` : `${zalo.sent_this_month}/${zalo.messages_allowed}`;
  return `Zalo: ${sent} tin trong tháng, ${zalo.users} người${zalo.webhook.url ? `, qua webhook ${zalo.webhook.url}` : ""}.`;
}

function globalPanel(panel) {
  const waiting = el("ul", { className: "waiting" });
  const clear = el("button", { type: "button", className: "soft", hidden: true, onclick: () =>
    attempt("Không xóa được lỗi", async () => {
      await api.clearFaults();
      await redraw();
    }) }, "Bỏ mọi lỗi");
  const redraw = async () => {
    const answer = await api.faults();
    const faults = Array.isArray(answer) ? answer : (answer?.faults ?? []);
    waiting.replaceChildren(...faults.map((fault) => el("li", {}, faultLine(fault))));
    clear.hidden = faults.length === 0;
  };
  const limits = el("input", { type: "checkbox", checked: Boolean(store.limits.enabled), onchange: () =>
    attempt("Không đổi được giới hạn", async () => {
      await api.setLimits(limits.checked);
      await refreshState();
    }) });
  const way = store.webhook?.url ? `Bot nhận tin qua webhook: ${store.webhook.url}` : "Bot nhận tin bằng cách hỏi (getUpdates).";
  panel.replaceChildren(
    el("h2", {}, "Diễn tập"),
    el("label", { className: "check" }, limits, el("span", {}, "Giới hạn như Telegram và Zalo thật")),
    el("p", { className: "fine" }, way),
    ...(store.zalo ? [el("p", { className: "fine" }, zaloLine(store.zalo))] : []),
    el("h3", {}, "Gây lỗi cho lần gọi sắp tới"),
    faultForm(redraw), waiting, clear,
  );
  attempt("Không đọc được lỗi đang đặt", redraw);
}

const CONNECTION = { connected: "Đã kết nối", connecting: "Đang kết nối…", lost: "Mất kết nối, đang thử lại…" };

export function drawConnection() {
  const node = $("link-state");
  if (node.dataset.state !== store.connection || node.textContent !== CONNECTION[store.connection]) {
    node.dataset.state = store.connection;
    node.textContent = CONNECTION[store.connection];
  }
  document.body.dataset.connection = store.connection;
}

export function startMenus() {
  const chatMenu = menu($("chat-menu"), (panel) => chatActions(panel, () => chatMenu.close()));
  menu($("global-menu"), globalPanel);
}
